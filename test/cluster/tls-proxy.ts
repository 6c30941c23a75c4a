import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';

/** Self-signed for localhost and 127.0.0.1, until 2126. It protects nothing. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUEOeOWEnSDjyACdNRjUznJcxumM0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA5MjgxMVoYDzIxMjYxMDI5
MDkyODExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ8b22J5XQ3OHHNb8tjyzQXcJdsEXsvoclN6JlWBJLJZ6mDy1p2eEUS
ZmpaSCurHpk8Av0RNVPI4zWGrZdHk4Aso28wbTAdBgNVHQ4EFgQUpgg1MVF3YD5y
m2osXPpovHjrXYswHwYDVR0jBBgwFoAUpgg1MVF3YD5ym2osXPpovHjrXYswDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgXfHya0gpuBEssKFmft5rUP+vvukXLzNWAU3dIi8dIdwCIQDg
U1J0aHo2K256lmFNGuQCAJ6LPSCOcEurqEstKdS+fA==
-----END CERTIFICATE-----
`;

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnH9PXiJHdqGQmRvt
xgyNxpc9bEEBSNjkEajMa1h0EOOhRANCAAQ8b22J5XQ3OHHNb8tjyzQXcJdsEXsv
oclN6JlWBJLJZ6mDy1p2eEUSZmpaSCurHpk8Av0RNVPI4zWGrZdHk4As
-----END PRIVATE KEY-----
`;

export interface Proxy {
  readonly port: number;
  close(): void;
}

/** A TLS port in front of a plain one. */
export async function tlsProxy(plainPort: number): Promise<Proxy> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer({ cert: certificate, key }, (secure) => {
    const plain = connect(plainPort, '127.0.0.1');
    for (const [from, to] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
