import type { AdminClient, ApiResponse } from '../admin-client.ts';

/** How long to rest when the API server is away, in milliseconds. */
const rest = 200;

/**
 * Writes a status as a controller does that lives on: an object that is gone or has changed meanwhile is no failure, and while the
 * API server is away it tries again. Any other refusal is thrown.
 *
 * @param path that of the object
 */
export async function writeStatus(
  client: AdminClient,
  path: string,
  patch: object,
  isStopping: () => boolean,
): Promise<void> {
  while (!isStopping()) {
    const answer = await attempt(client, path, patch);
    if (answer !== undefined && answer.status < 500) {
      if (answer.status < 400 || answer.status === 404 || answer.status === 409) return;
      throw new Error(`PATCH ${path}/status: ${answer.status} ${answer.body?.message}`);
    }
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

async function attempt(client: AdminClient, path: string, patch: object): Promise<ApiResponse | undefined> {
  try {
    return await client.request('PATCH', `${path}/status`, patch, 'application/merge-patch+json');
  } catch {
    return undefined;
  }
}
