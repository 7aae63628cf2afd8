/** `org.varlink.service`: what every Varlink server tells about itself. */
import { parseInterface } from './interface-parser.ts';
import type { InterfaceDefinition } from './interface-definition.ts';
import type { InterfaceImplementation, Method } from './method.ts';
import { serviceErrors } from './varlink-error.ts';

export interface ServerIdentity {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly url: string;
}

const definition = parseInterface(`# What every Varlink service offers: who it is, and what it speaks.
interface org.varlink.service

# Who the service is, and the names of the interfaces it implements.
method GetInfo() -> (
  vendor: string,
  product: string,
  version: string,
  url: string,
  interfaces: []string
)

# The definition of an interface, as text with its comments.
method GetInterfaceDescription(interface: string) -> (description: string)

# The service does not have this interface.
error InterfaceNotFound (interface: string)

# The interface does not have this method.
error MethodNotFound (method: string)

# The method is defined, and this service does not implement it.
error MethodNotImplemented (method: string)

# A parameter is missing, unknown, of the wrong type or out of range.
error InvalidParameter (parameter: string)

# The caller may not do this.
error PermissionDenied ()

# The method only makes sense with the 'more' flag.
error ExpectedMore ()

# The method only makes sense with the 'upgrade' flag.
error ExpectedUpgrade ()
`);

export function createServiceInterface(
  identity: ServerIdentity,
  others: readonly InterfaceDefinition[],
): InterfaceImplementation {
  const definitions = new Map([definition, ...others].map((each) => [each.name, each]));
  const interfaces = [...definitions.keys()].toSorted();
  const { vendor, product, version, url } = identity;
  const getInterfaceDescription: Method = ({ parameters }) => {
    const name = parameters.text('interface');
    const found = definitions.get(name);
    if (!found) throw serviceErrors.interfaceNotFound(name);
    return { description: found.text };
  };
  return {
    definition,
    methods: new Map<string, Method>([
      ['GetInfo', () => ({ vendor, product, version, url, interfaces })],
      ['GetInterfaceDescription', getInterfaceDescription],
    ]),
  };
}
