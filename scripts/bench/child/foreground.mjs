// A process of its own that stands for everyone else who uses the servers: it asks GET of one key on every shard, one request
// in flight a shard and a short pause after each reply, and reports how long the replies took. Its client is as thin as can be, so that what it
// measures is the servers and the machine.
//   in:  { measureMs }            out: { latencies: [ms …] }
import { connect } from 'node:net';

const PAUSE_MS = 1;
const [, , ...targets] = process.argv; // host:port/key

class Foreground {
  constructor(target) {
    const [, host, port, key] = /^(.*):(\d+)\/(.*)$/.exec(target);
    this.command = `*2\r\n$3\r\nGET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n`;
    this.socket = connect({ host, port: Number(port), noDelay: true });
    this.ready = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve).once('error', reject);
    });
  }

  /** One GET; the value is one byte, so the reply comes in one piece. */
  get() {
    return new Promise((resolve, reject) => {
      const from = performance.now();
      this.socket.once('data', (data) => {
        const took = performance.now() - from;
        if (data.toString() === '$1\r\nx\r\n') resolve(took);
        else reject(new Error(`unexpected reply: ${data}`));
      });
      this.socket.write(this.command);
    });
  }

  async measure(until) {
    const latencies = [];
    while (performance.now() < until) {
      latencies.push(await this.get());
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return latencies;
  }
}

const connections = targets.map((target) => new Foreground(target));
await Promise.all(connections.map((connection) => connection.ready));
process.on('message', async ({ measureMs }) => {
  const until = performance.now() + measureMs;
  const all = await Promise.all(connections.map((connection) => connection.measure(until)));
  process.send({ latencies: all.flat() });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
