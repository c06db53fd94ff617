import { request } from 'node:http';

export interface PlainAnswer {
  readonly status: number | undefined;
  readonly location: string | undefined;
}

/** GET on port 80, by the name of a host. */
export function fetchPlain(address: string, host: string, path: string): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    request({ host: address, port: 80, path, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, location: response.headers.location });
    })
      .on('error', reject)
      .end();
  });
}
