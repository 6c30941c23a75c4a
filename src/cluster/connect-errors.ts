/** Why a first connection failed, told so that one knows what to change. */
import { ShardfoldError } from '../errors.js';
import { type Access, type Address, showAddress } from './address.js';
import { errorFromReply } from './errors.js';

export function connectError(error: unknown, address: Address, access: Access): ShardfoldError {
  if (error instanceof ShardfoldError) return error;
  const shard = showAddress(address);
  const reason = error as NodeJS.ErrnoException;
  const read = errorFromReply(error, { shard });
  if (read.code !== 'SERVER_ERROR' && read.code !== 'CONNECTION_FAILED') return withHint(read, access);
  return new ShardfoldError('CONNECTION_FAILED', `cannot connect to ${shard}: ${reason.message || reason.code}`, {
    hint: hintFor(reason, access),
    shard,
    cause: error,
  });
}

function withHint(error: ShardfoldError, access: Access): ShardfoldError {
  if (error.code !== 'NO_PERMISSION') return error;
  const user = access.username ?? 'default';
  return new ShardfoldError(error.code, error.message, {
    // Before it is connected nothing else needs a right.
    hint: `let somebody who may run on every node: ACL SETUSER ${user} +cluster|shards (what else it needs says shardfold doctor)`,
    cause: error.cause,
    ...(error.shard && { shard: error.shard }),
  });
}

function hintFor(reason: NodeJS.ErrnoException, access: Access): string {
  const { message } = reason;
  if (
    access.tls &&
    /wrong version number|EPROTO|packet length|timeout|no answer|ECONNRESET/i.test(`${reason.code} ${message}`)
  ) {
    return 'the server seems not to speak TLS on this port: try redis:// without --tls';
  }
  if (/certificate|self.signed|altname|CERT_/i.test(`${reason.code} ${message}`)) {
    return 'the certificate was not accepted: give its authority with --ca';
  }
  if (!access.tls && /Socket closed|ECONNRESET|Unknown RESP type|no answer/i.test(`${reason.code} ${message}`)) {
    return 'something answers there, but not as Redis does; if the port speaks TLS, use rediss:// or --tls';
  }
  if (reason.code === 'ENOTFOUND' || reason.code === 'EAI_AGAIN') return 'the host name is not known: check the URL';
  return 'check host and port; a local cluster is started by: shardfold dev';
}
