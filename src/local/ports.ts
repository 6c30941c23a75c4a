import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ShardfoldError } from '../errors.js';

/** Cluster nodes speak among themselves on their port + 10000. */
export const BUS_OFFSET = 10_000;

/** Below the ports that systems hand to outgoing connections, with the bus ports too: those come and go. */
const FREE_FROM = 11_000;
const FREE_TO = 22_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export function portTaken(port: number, clientPort = port): ShardfoldError {
  const bus = port === clientPort ? '' : `, the cluster bus port of ${clientPort},`;
  return new ShardfoldError('PORT_TAKEN', `port ${port}${bus} is taken on 127.0.0.1`, {
    hint: `stop the program that listens there, or choose another port (shardfold dev --port ${clientPort + 100})`,
  });
}

/** @throws PORT_TAKEN, INVALID_ARGUMENT */
export async function requirePorts(ports: readonly number[], clusterMode: boolean): Promise<void> {
  for (const port of ports) {
    const highest = clusterMode ? 65_535 - BUS_OFFSET : 65_535;
    if (!Number.isInteger(port) || port < 1 || port > highest) {
      const why = clusterMode ? ', for the cluster bus needs port + 10000 as well' : '';
      throw new ShardfoldError('INVALID_ARGUMENT', `port ${port} is not between 1 and ${highest}${why}`, {
        hint: 'choose a lower port, such as 7000',
      });
    }
    if (!(await isFree(port))) throw portTaken(port);
    if (clusterMode && !(await isFree(port + BUS_OFFSET))) throw portTaken(port + BUS_OFFSET, port);
  }
}

/** Ports that are free now, in ascending order. Another process may be faster, so the caller tries again where one is taken after all. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 1000)
      throw new ShardfoldError('PORT_TAKEN', `no ${count} free ports between ${FREE_FROM} and ${FREE_TO}`);
    const port = randomInt(FREE_FROM, FREE_TO);
    if (!ports.has(port) && (await isFree(port)) && (await isFree(port + BUS_OFFSET))) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}
