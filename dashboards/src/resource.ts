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

/** Between two reads because of messages; the first message is followed at once. */
const leastPause = 800;

/**
 * Reads a resource and keeps it fresh.
 * @param key What is read; another key forgets the old answer.
 * @param load Reads it.
 * @param concerns Whether a message means that it may have changed.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>, concerns: (happening: Happening) => boolean = () => false): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: Problem; isLoading: boolean }>({ key, isLoading: true });
  const loader = useRef(load);
  loader.current = load;
  const relevance = useRef(concerns);
  relevance.current = concerns;
  const running = useRef<AbortController | undefined>(undefined);
  const begun = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const reload = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    running.current?.abort();
    const controller = (running.current = new AbortController());
    begun.current = performance.now();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    loader.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ key, data, isLoading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(-1, error instanceof Error ? error.message : String(error));
        setState((old) => ({ ...old, problem, isLoading: false }));
      },
    ).finally(() => {
      if (running.current === controller) running.current = undefined;
    });
  }, [key]);

  useEffect(() => {
    reload();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      running.current?.abort();
    };
  }, [reload]);

  useHappenings(useCallback((happening: Happening) => {
    if (happening.kind !== 'reset' && !relevance.current(happening)) return;
    // One that is being read may have been read too early: it is read once more, after a pause, so that a busy sweep does not keep the page busy.
    timer.current ??= setTimeout(reload, Math.max(0, begun.current + leastPause - performance.now()));
  }, [reload]));

  const current = state.key === key ? state : { key, isLoading: true };
  return { data: current.data, problem: current.problem, isLoading: current.isLoading, reload };
}
