/** An error of a Varlink interface: a qualified name and the parameters that are declared with it. */
import type { JsonObject } from './envelope.ts';

export class VarlinkError extends Error {
  override readonly name = 'VarlinkError';
  readonly code = 'REEVE_VARLINK';
  /** `io.reeve.Control.ServiceNotFound` */
  readonly error: string;
  readonly parameters: JsonObject;

  constructor(error: string, parameters: JsonObject = {}) {
    super(`${error}${Object.keys(parameters).length === 0 ? '' : ` ${JSON.stringify(parameters)}`}`);
    this.error = error;
    this.parameters = parameters;
  }
}

export const serviceErrors = {
  interfaceNotFound: (name: string) => new VarlinkError('org.varlink.service.InterfaceNotFound', { interface: name }),
  methodNotFound: (method: string) => new VarlinkError('org.varlink.service.MethodNotFound', { method }),
  methodNotImplemented: (method: string) => new VarlinkError('org.varlink.service.MethodNotImplemented', { method }),
  invalidParameter: (parameter: string) => new VarlinkError('org.varlink.service.InvalidParameter', { parameter }),
  permissionDenied: () => new VarlinkError('org.varlink.service.PermissionDenied'),
  expectedMore: () => new VarlinkError('org.varlink.service.ExpectedMore'),
} as const;
