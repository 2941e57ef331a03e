import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** One message of the head: what has happened, to which sweep, run or machine. */
export interface Happening {
  kind: string;
  data: Readonly<Record<string, unknown>>;
}

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

/** The messages that the head sends; names of server-sent events. */
const kinds = ['sweep', 'run', 'points', 'machine', 'nightly', 'event', 'reset'];

const longestPause = 5000;
let pause = 500;

/** Listens to the head for as long as the page is open. A browser goes on by itself after most cuts, but not when the head refuses once while it starts again. */
export function listen(): void {
  const source = new EventSource('/api/events');
  let wasLost = connection.value === 'lost';
  source.onopen = () => {
    pause = 500;
    connection.value = 'live';
    if (wasLost) tell({ kind: 'reset', data: {} });
    wasLost = false;
  };
  source.onerror = () => {
    wasLost = true;
    connection.value = 'lost';
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, pause);
    pause = Math.min(2 * pause, longestPause);
  };
  for (const kind of kinds)
    source.addEventListener(kind, (message: MessageEvent<string>) => tell({ kind, data: message.data ? (JSON.parse(message.data) as Happening['data']) : {} }));
}
