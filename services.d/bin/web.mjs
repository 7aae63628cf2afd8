// A small web server. It tells its address in a file and on standard output, and that it is ready on descriptor 3.
import { closeSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const readinessDescriptor = 3;
const urlFile = `${process.env.STATE_DIRECTORY}/web.url`;
let visits = 0;

const server = createServer((request, response) => {
  visits += 1;
  console.log(`${request.method} ${request.url}`);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`hello from reeve's sample service, process ${process.pid}, visit ${visits}\n`);
});

server.on('error', (error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.log(`port ${error.port} is taken, choosing a free one`);
  server.listen(0, '127.0.0.1');
});

server.on('listening', () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  // In one step, so that a reader never sees half of it.
  writeFileSync(`${urlFile}.new`, `${url}\n`);
  renameSync(`${urlFile}.new`, urlFile);
  console.log(`listening on ${url}`);
  writeSync(readinessDescriptor, 'ready\n');
  closeSync(readinessDescriptor);
});

process.on('SIGTERM', () => {
  console.log(`stopping after ${visits} visits`);
  server.close();
  server.closeAllConnections();
});

server.listen(Number(process.env.PORT), '127.0.0.1');
