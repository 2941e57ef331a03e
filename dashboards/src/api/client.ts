/** A request that the head refused, in its own words (RFC 9457), or that did not reach it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the head did not answer at all. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** A path under /api with its query; what is null or empty is left out. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return `/api${path}${text ? `?${text}` : ''}`;
}

/** Reads a resource. */
export const read = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => ask<T>('GET', address(path, query), undefined, signal);

/** Sends a command; a text goes as YAML, anything else as JSON. */
export const send = <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, query?: Query): Promise<T> => ask<T>(method, address(path, query), body);

async function ask<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = typeof body === 'string' ? 'application/yaml' : 'application/json';
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'The head does not answer. It may be starting again; this page goes on by itself when it is back.');
  }
  const text = await response.text();
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json');
  const content: unknown = isJson && text ? JSON.parse(text) : text;
  if (response.ok) return content as T;
  const details = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>;
  throw new Problem(response.status, String(details['detail'] ?? details['title'] ?? `The head answered ${response.status}.`), details);
}

/** Numbers that JSON has no form for come as the texts NaN, Infinity and -Infinity. */
export const toNumber = (value: number | string | null | undefined): number => (value === null || value === undefined ? NaN : Number(value));

/** The same where there may be no value at all. */
export const numeric = (value: number | string | null): number | null => (value === null ? null : Number(value));
