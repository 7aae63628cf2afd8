/** The plan as bytes (docs/protocol.md, section 2). */
import { FrameWriter } from '../frame/fields.ts';
import { encodeOp } from './encode-op.ts';
import type { FileIdentity } from '../service/service-files.ts';
import type { Plan, PlanLog, PlanOwner, PlanSocket, ServicePlan } from './plan.ts';
import {
  descriptionsPiece,
  identityKinds,
  largestService,
  logTypes,
  planRecords,
  planVersion,
  roles,
  serviceRecords,
  socketFamilies,
} from './records.ts';

/** A plan whose services are encoded already: one buffer for each, in order. */
export type EncodedPlan = Omit<Plan, 'services'> & { readonly services: readonly Uint8Array[] };

export function encodePlan(plan: EncodedPlan): Buffer {
  const writer = new FrameWriter(1 << 20);
  writer.frame(planRecords.plan, (to) => {
    to.u32(planVersion).u32(plan.generation).bytes(plan.digest).u32(plan.services.length).u32(plan.identities.length);
  });
  for (const identity of plan.identities) encodeIdentity(writer, identity);
  for (const service of plan.services) writer.bytes(service);
  const json = Buffer.from(plan.descriptions, 'utf8');
  for (let at = 0; at < json.length; at += descriptionsPiece) {
    writer.frame(planRecords.descriptions, (to) => to.bytes(json.subarray(at, at + descriptionsPiece)));
  }
  return writer.frame(planRecords.end).take();
}

/**
 * One SERVICE record.
 * @throws {RangeError} if it would be larger than the launcher accepts, or a text in it has a NUL.
 */
export function encodeService(service: ServicePlan): Buffer {
  const writer = new FrameWriter(2048);
  writer.frame(planRecords.service, (to) => encodeServiceFields(to, service));
  const size = writer.size - 7;
  if (size > largestService) throw new RangeError(`it needs ${size} bytes in the plan, at most ${largestService} fit`);
  return writer.take();
}

function encodeServiceFields(to: FrameWriter, service: ServicePlan): void {
  to.text(service.name);
  for (const program of service.programs) {
    to.frame(serviceRecords.program, (record) => {
      record.u8(roles[program.role]);
      for (const op of program.ops) encodeOp(record, op);
    });
  }
  const { socket, log, pidFile, consumes, flags, readiness } = service;
  if (socket) to.frame(serviceRecords.socket, (record) => encodeSocket(record, socket));
  if (log) to.frame(serviceRecords.log, (record) => encodeLog(record, log));
  if (pidFile) to.frame(serviceRecords.pidFile, (record) => record.text(pidFile.path).u32(pidFile.owner));
  if (consumes !== undefined) to.frame(serviceRecords.consumes, (record) => record.text(consumes));
  if (flags !== 0) to.frame(serviceRecords.flags, (record) => record.u32(flags));
  if (readiness) {
    to.frame(serviceRecords.readiness, (record) => record.i32(readiness.descriptor).text(readiness.variable));
  }
}

function encodeSocket(to: FrameWriter, socket: PlanSocket): void {
  to.u8(socketFamilies[socket.family]);
  if (socket.family === 'unix') encodeOwner(to.text(socket.path), socket.owner);
  else to.bytes(socket.address).u16(socket.port);
}

function encodeLog(to: FrameWriter, log: PlanLog): void {
  to.u8(logTypes.indexOf(log.type))
    .u32(log.bufferSize)
    .u8(log.timestamps ? 1 : 0)
    .text(log.path);
  encodeOwner(to, log.owner);
  to.u64(BigInt(log.rotateSize)).u32(log.rotateCount);
}

/** Numbers above 2^31 are written as their negative twins, which the launcher casts back. */
function encodeOwner(to: FrameWriter, owner: PlanOwner): void {
  to.u32(owner.mode)
    .i32(owner.uid | 0)
    .i32(owner.gid | 0);
}

function encodeIdentity(writer: FrameWriter, identity: FileIdentity): void {
  writer.frame(planRecords.identity, (to) => {
    to.u8(identityKinds.indexOf(identity.kind))
      .u64(identity.device)
      .u64(identity.inode)
      .u64(identity.size)
      .i64(identity.modified)
      .i64(identity.changed)
      .text(identity.path);
  });
}
