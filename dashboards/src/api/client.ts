import { signal } from '@preact/signals';
import type { paths } from './schema';

/** Whether the head lets this browser read; false when it has asked for a token. */
export const isKnown = signal(true);

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

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** A path under /api with its query; what is null or empty is left out. */
function address(path: string, places: Readonly<Record<string, string | number>> = {}, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(places[name]))) + (text ? `?${text}` : '');
}

/** Paths of the API document that answer GET with JSON. */
type Readable = { [P in keyof paths]: paths[P] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? P : never }[keyof paths];

/** What a path answers. */
export type Answer<P extends Readable> = paths[P] extends { get: { responses: { 200: { content: { 'application/json': infer T } } } } } ? T : never;

type Asked<P extends Readable> = paths[P] extends { get: { parameters: { path?: infer Places; query?: infer Q } } } ? ([Places] extends [undefined] ? unknown : { path: Places }) & { query?: Q } : never;

/** Reads a resource of the API document. */
export const read = <P extends Readable>(path: P, what: Asked<P>, signal?: AbortSignal): Promise<Answer<P>> => {
  const url = addressOf(path, what);
  const begun = ahead.get(url);
  ahead.delete(url);
  return (begun as Promise<Answer<P>> | undefined) ?? ask<Answer<P>>('GET', url, undefined, signal);
};

/** Begins to read what a view is about to ask for while its code is still on its way: the first read of the same takes the answer. */
export function readAhead<P extends Readable>(path: P, what: Asked<P>): void {
  const url = addressOf(path, what);
  const begun = ask('GET', url);
  begun.catch(() => undefined); // the view that reads it says so
  ahead.set(url, begun);
  setTimeout(() => ahead.delete(url), longestAhead);
}

const ahead = new Map<string, Promise<unknown>>();

/** An answer that no view has wanted for so many milliseconds would be old. */
const longestAhead = 5000;

function addressOf<P extends Readable>(path: P, what: Asked<P>): string {
  const { path: places, query } = what as { path?: Record<string, string | number>; query?: Query };
  return address(path, places, query);
}

/** Reads all pages of a list, so many entries at a time. */
export async function readAll<P extends Readable & ListPath>(path: P, what: Asked<P>, limit: number, signal?: AbortSignal): Promise<Answer<P>> {
  const first = (await read(path, withPage(what, 0, limit), signal)) as Page;
  const offsets = Array.from({ length: Math.max(0, Math.ceil(first.total / limit) - 1) }, (_, index) => (index + 1) * limit);
  const others = await Promise.all(offsets.map((offset) => read(path, withPage(what, offset, limit), signal) as Promise<Page>));
  return { ...first, items: [first, ...others].flatMap((page) => page.items) } as Answer<P>;
}

interface Page {
  items: unknown[];
  total: number;
}

type ListPath = { [P in Readable]: Answer<P> extends Page ? P : never }[Readable];

const withPage = <A,>(what: A, offset: number, limit: number): A => ({ ...what, query: { ...(what as { query?: object }).query, offset, limit } });

/** Sends a command; a text goes as YAML, anything else as JSON. */
export const send = <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> => ask<T>(method, address(`/api${path}`), body);

async function ask<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  // The head takes a change from a logged-in browser only with this, which no page of another origin can send.
  if (method !== 'GET') headers['Sweeps-Page'] = '1';
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
  if (response.status === 401) isKnown.value = false;
  const details = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>;
  throw new Problem(response.status, String(details['detail'] ?? details['title'] ?? `The head answered ${response.status}.`), details);
}

/** Numbers that JSON has no form for come as the texts NaN, Infinity and -Infinity. */
export const toNumber = (value: number | string | null | undefined): number => (value === null || value === undefined ? NaN : Number(value));

/** The same where there may be no value at all. */
export const numeric = (value: number | string | null): number | null => (value === null ? null : Number(value));
