import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './api/client';
import { useHappenings, type Happening } from './live';

/** Something read from the head: what is known of it, and what went wrong at the last try. */
export interface Resource<T> {
  /** The last good answer; it stays while a newer one is on its way and when that fails. */
  data: T | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  reload: () => void;
}

/** Milliseconds from the beginning of a read to the next one because of messages, at least; the first message is followed at once. */
const leastPause = 200;
/** Where a read takes long, so many times as long: a page that is open does not keep the head busy. */
const restPerRead = 4;
/** Quiet resources are read again after so many times their quiet, though messages still come. */
const mostQuiet = 10;

/** The last answers, so that a view that the reader returns to is there at once; it is read anew nevertheless. */
const kept = new Map<string, unknown>();
const mostKept = 8;

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
}

/**
 * Reads a resource and keeps it fresh.
 * @param key What is read; another key forgets the old answer.
 * @param load Reads it.
 * @param concerns Whether a message means that it may have changed.
 * @param quiet Messages are followed only when none has come for so many milliseconds, for what is kept up to date in another way meanwhile.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>, concerns: (happening: Happening) => boolean = () => false, quiet = 0): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: Problem; isLoading: boolean }>({ key, isLoading: true });
  const loader = useRef(load);
  loader.current = load;
  const relevance = useRef(concerns);
  relevance.current = concerns;
  const running = useRef<AbortController | undefined>(undefined);
  const [begun, took] = [useRef(0), useRef(0)];
  const isStale = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const followed = useRef(0);

  const reload = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    isStale.current = false;
    running.current?.abort();
    const controller = (running.current = new AbortController());
    begun.current = performance.now();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    loader.current(controller.signal).then(
      (data) => {
        if (controller.signal.aborted) return;
        keep(key, data);
        setState({ key, data, isLoading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(-1, error instanceof Error ? error.message : String(error));
        setState((old) => ({ ...old, problem, isLoading: false }));
      },
    ).finally(() => {
      if (running.current !== controller) return;
      running.current = undefined;
      took.current = performance.now() - begun.current;
      // What was being read when a message came may have been read too early.
      if (isStale.current) timer.current ??= setTimeout(reload, rest());
    });
  }, [key]);

  const rest = (): number => Math.max(0, begun.current + Math.max(leastPause, restPerRead * took.current) - performance.now());

  useEffect(() => {
    reload();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      isStale.current = false;
      running.current?.abort();
      running.current = undefined;
    };
  }, [reload]);

  useHappenings(useCallback((happening: Happening) => {
    const isLost = happening.kind === 'reset' || (happening.kind === 'points' && !happening.data.is_complete);
    if (happening.kind !== 'reset' && !relevance.current(happening)) return;
    if (quiet > 0 && !isLost) {
      const now = performance.now();
      if (timer.current === undefined) followed.current = now;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        timer.current = undefined;
        if (running.current) isStale.current = true;
        else reload();
      }, Math.max(0, Math.min(quiet, followed.current + mostQuiet * quiet - now)));
    } else if (running.current) {
      // Nobody waits for an answer that is always cut short by the next message.
      isStale.current = true;
    } else {
      timer.current ??= setTimeout(reload, rest());
    }
  }, [reload, quiet]));

  const current = state.key === key ? state : { key, isLoading: true };
  return { data: current.data ?? (kept.get(key) as T | undefined), problem: current.problem, isLoading: current.isLoading, reload };
}
