import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isKnown } from './api/client';
import type { LiveData } from './api/schema';
import { identify } from './session';

/** The messages that the head sends: the names of server-sent events. */
const kinds = ['event', 'sweep', 'runs', 'points', 'machine', 'reset'] as const satisfies readonly (keyof LiveData)[];

/** One message of the head: what has happened, to which sweep, run or machine. */
export type Happening = { [K in (typeof kinds)[number]]: { kind: K; data: LiveData[K] } }[(typeof kinds)[number]];

/** Whether the head can be heard. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');

const listeners = new Set<(happening: Happening) => void>();

/** Calls back with everything that happens while the component is shown; `reset` when something may have been missed. */
export function useHappenings(listener: (happening: Happening) => void): void {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}

const tell = (happening: Happening): void => listeners.forEach((listener) => listener(happening));

const longestPause = 5000;
let pause = 500;

/** Listens to the head for as long as the page is open. A browser goes on by itself after most cuts, but not when the head refuses once while it starts again. */
export function listen(): void {
  if (!isKnown.value) {
    const end = isKnown.subscribe((known) => {
      if (known) queueMicrotask(() => (end(), listen()));
    });
    return;
  }
  const source = new EventSource('/api/events');
  let wasLost = connection.value === 'lost';
  source.onopen = () => {
    pause = 500;
    connection.value = 'live';
    if (wasLost) tell({ kind: 'reset', data: { reason: 'The head was away.' } });
    wasLost = false;
  };
  source.onerror = () => {
    wasLost = true;
    connection.value = 'lost';
    if (source.readyState !== EventSource.CLOSED) return;
    // It may be away, or may want a token by now.
    setTimeout(() => void identify().catch(() => undefined).finally(listen), pause);
    pause = Math.min(2 * pause, longestPause);
  };
  for (const kind of kinds)
    source.addEventListener(kind, (message: MessageEvent<string>) => tell({ kind, data: JSON.parse(message.data) as unknown } as Happening));
}

/** Whether a message may change what is known of a sweep: its progress, its runs' states, its points. */
export const aboutSweep = (id: number, ...wanted: readonly ('sweep' | 'runs' | 'points')[]) => (happening: Happening): boolean => {
  if (!wanted.some((kind) => kind === happening.kind)) return false;
  switch (happening.kind) {
    case 'sweep': return happening.data.id === id;
    case 'runs': return happening.data.sweep_id === id;
    case 'points': return !happening.data.is_complete || happening.data.points.some((point) => point.sweep_id === id);
    default: return false;
  }
};

/** Whether a message may change what is known of a run. */
export const aboutRun = (id: number) => (happening: Happening): boolean => {
  switch (happening.kind) {
    case 'runs': return happening.data.runs.some((run) => run.id === id);
    case 'points': return !happening.data.is_complete || happening.data.points.some((point) => point.run_ids.includes(id));
    default: return false;
  }
};
