/** Strictly reads a plan back: for tests and for people who want to see one. The launcher has its own reader in C. */
import { FieldReader } from '../frame/fields.ts';
import { type Frame, FrameError, FrameReader } from '../frame/frame.ts';
import { decodeOp } from './decode-op.ts';
import type { FileIdentity } from '../service/service-files.ts';
import type { Plan, PlanLog, PlanOwner, PlanSocket, Program, ServicePlan } from './plan.ts';
import {
  identityKinds,
  logTypes,
  planRecords,
  planRules,
  planVersion,
  type Role,
  roles,
  serviceRecords,
  socketFamilies,
} from './records.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** @throws {FrameError} unless the bytes are exactly one whole plan. */
export function decodePlan(bytes: Buffer): Plan {
  const reader = new FrameReader(planRules);
  const frames = Array.from(reader.feed(bytes), ({ type, payload }) => ({ type, payload }));
  const [first, ...rest] = frames;
  if (reader.pending > 0 || rest.at(-1)?.type !== planRecords.end)
    throw new FrameError('the plan has no end', bytes.length);
  if (first?.type !== planRecords.plan) throw new FrameError('a plan must begin with PLAN', 0);
  const head = new FieldReader(first.payload);
  if (head.u32() !== planVersion) throw new FrameError('unknown version of the plan', 0);
  const generation = head.u32();
  const digest = new Uint8Array(Array.from({ length: 32 }, () => head.u8()));
  const counts = { services: head.u32(), identities: head.u32() };
  head.end();

  const order = rest.map(({ type }) => type);
  if (order.some((type, i) => type < (order[i - 1] ?? 0) || type === planRecords.plan)) {
    throw new FrameError('the records of the plan are not in order', 0);
  }
  const payloads = (type: number) => rest.filter((frame) => frame.type === type).map((frame) => frame.payload);
  if (payloads(planRecords.end).length !== 1) throw new FrameError('a plan must have one END', bytes.length);
  const identities = payloads(planRecords.identity).map(decodeIdentity);
  const services = payloads(planRecords.service).map(decodeService);
  if (identities.length !== counts.identities || services.length !== counts.services) {
    throw new FrameError('the plan does not have the records it announces', bytes.length);
  }
  const descriptions = Buffer.concat(payloads(planRecords.descriptions)).toString('utf8');
  return { generation, digest, identities, services, descriptions };
}

function decodeIdentity(payload: Buffer): FileIdentity {
  const from = new FieldReader(payload);
  const kind = identityKinds[from.u8()];
  if (kind === undefined) throw new FrameError('unknown kind of identity', 0);
  const numbers = {
    device: from.u64(),
    inode: from.u64(),
    size: from.u64(),
    modified: from.i64(),
    changed: from.i64(),
  };
  const path = from.text();
  from.end();
  return { kind, path, ...numbers };
}

function decodeService(payload: Buffer): ServicePlan {
  const from = new FieldReader(payload);
  const programs: Program[] = [];
  const service: Mutable<ServicePlan> = { name: from.text(), programs, flags: 0 };
  const seen = new Set<string>();
  for (let record = from.frame(); record; record = from.frame()) {
    const key = record.type === serviceRecords.program ? `${record.type}.${record.payload[0]}` : `${record.type}`;
    if (seen.has(key)) throw new FrameError(`record 0x${record.type.toString(16)} comes twice in a service`, 0);
    seen.add(key);
    decodeServiceRecord(record, service, programs);
  }
  return service;
}

function decodeServiceRecord(record: Frame, service: Mutable<ServicePlan>, programs: Program[]): void {
  const from = new FieldReader(record.payload);
  switch (record.type) {
    case serviceRecords.program:
      programs.push(decodeProgram(from));
      break;
    case serviceRecords.socket:
      service.socket = decodeSocket(from);
      break;
    case serviceRecords.log:
      service.log = decodeLog(from);
      break;
    case serviceRecords.pidFile:
      service.pidFile = { path: from.text(), owner: from.u32() };
      break;
    case serviceRecords.consumes:
      service.consumes = from.text();
      break;
    case serviceRecords.flags:
      service.flags = from.u32();
      break;
    case serviceRecords.readiness:
      service.readiness = { descriptor: from.i32(), variable: from.text() };
      break;
    default:
      throw new FrameError(`unknown record 0x${record.type.toString(16)} in a service`, 0);
  }
  from.end();
}

function decodeProgram(from: FieldReader): Program {
  const number = from.u8();
  const role = (Object.keys(roles) as Role[]).find((name) => roles[name] === number);
  if (role === undefined) throw new FrameError(`unknown role ${number}`, 0);
  const ops: Program['ops'][number][] = [];
  for (let frame = from.frame(); frame; frame = from.frame()) ops.push(decodeOp(frame));
  return { role, ops };
}

function decodeSocket(from: FieldReader): PlanSocket {
  const number = from.u8();
  if (number === socketFamilies.unix) return { family: 'unix', path: from.text(), owner: decodeOwner(from) };
  const family = number === socketFamilies.inet ? 'inet' : number === socketFamilies.inet6 ? 'inet6' : undefined;
  if (family === undefined) throw new FrameError(`unknown socket family ${number}`, 0);
  const address = new Uint8Array(Array.from({ length: family === 'inet' ? 4 : 16 }, () => from.u8()));
  return { family, address, port: from.u16() };
}

function decodeLog(from: FieldReader): PlanLog {
  const type = logTypes[from.u8()];
  if (type === undefined) throw new FrameError('unknown log type', 0);
  const bufferSize = from.u32();
  const timestamps = from.u8();
  if (timestamps > 1) throw new FrameError(`timestamps must be 0 or 1, got ${timestamps}`, 5);
  const path = from.text();
  const owner = decodeOwner(from);
  const rotateSize = Number(from.u64());
  return { type, bufferSize, timestamps: timestamps === 1, path, owner, rotateSize, rotateCount: from.u32() };
}

function decodeOwner(from: FieldReader): PlanOwner {
  return { mode: from.u32(), uid: ownerNumber(from.i32()), gid: ownerNumber(from.i32()) };
}

function ownerNumber(value: number): number {
  return value === -1 ? -1 : value >>> 0;
}
