/** Serves the listening socket it inherited as the daemon does, until its parent disconnects. */
import { takeListener, varlinkDescriptor } from '../../../src/daemon/api/listen.ts';

const listener = await takeListener(varlinkDescriptor);
listener.on('connection', (socket) => socket.end(`${process.pid}\0`));
process.on('disconnect', () => listener.close());
process.send?.('ready');
