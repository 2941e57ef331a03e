import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { read } from './api/client';
import type { CurvesView, CurveView } from './api/schema';
import { curveRequest } from './curveRequest';
import { aboutSweep, useHappenings, type Happening } from './live';
import { useResource, type Resource } from './resource';
import { choice } from './router';

/** All curves are read again when nothing has come for so long; until then only what is new of them is. */
const quiet = 2000;
/** Points of more runs than these at a time are read with all the rest. */
const mostRuns = 100;
/** Between two reads of what is new. */
const leastPause = 100;

/**
 * The curves of a sweep that the page's address asks for, kept fresh: when points come, the head is asked for the ends of these curves alone, so that
 * they are drawn at once however much there is before them; the numbers are the head's in either case.
 */
export function useCurves(sweep: number, metric: string): Resource<CurvesView> {
  const request = curveRequest(sweep);
  const { x, by } = request.query;
  const key = `curves ${sweep} ${choice('metric', '')} ${x} ${by}`;
  // Where each seed is in seconds changes their mean for steps that were drawn before; operations are a metric of their own.
  const hasEnds = x !== 'flops' && (x !== 'seconds' || by === 'run');
  const all = useResource(key, (signal) => read('/api/sweeps/{id}/curves', request, signal), aboutSweep(sweep, 'points', 'runs', 'sweep'), hasEnds ? quiet : 0);
  const [joined, setJoined] = useState<{ of: CurvesView; view: CurvesView } | undefined>(undefined);
  const view = joined && joined.of === all.data ? joined.view : all.data;
  const current = useRef({ all, view, request });
  current.current = { all, view, request };
  const waiting = useRef(new Map<number, number>());
  const isReading = useRef(false);

  const follow = useCallback(async (signal: AbortSignal): Promise<void> => {
    if (isReading.current) return;
    isReading.current = true;
    while (waiting.current.size > 0 && !signal.aborted) {
      const since = [...waiting.current].map(([run, step]) => `${run}:${step}`);
      waiting.current.clear();
      const { all: { data: whole, reload }, request: { path, query } } = current.current;
      if (since.length > mostRuns) reload();
      else {
        try {
          const ends = await read('/api/sweeps/{id}/curves', { path, query: { ...query, since } }, signal);
          // What was read whole meanwhile has these points too, and may be later.
          if (!signal.aborted && current.current.all.data === whole && whole) setJoined((old) => ({ of: whole, view: join(old?.of === whole ? old.view : whole, ends) }));
        } catch {
          // The whole is read soon, and says what is wrong.
        }
      }
      await new Promise((done) => setTimeout(done, leastPause));
    }
    isReading.current = false;
  }, []);

  const life = useRef(new AbortController());
  useEffect(() => {
    const controller = (life.current = new AbortController());
    waiting.current.clear();
    isReading.current = false;
    return () => controller.abort();
  }, [key]);

  useHappenings(useCallback((happening: Happening) => {
    if (!hasEnds || happening.kind !== 'points' || !happening.data.is_complete) return;
    for (const point of happening.data.points)
      if (point.metric === metric)
        for (const run of point.run_ids) if (point.step < (waiting.current.get(run) ?? Infinity)) waiting.current.set(run, point.step);
    // The answer that is on its way at the beginning has these points.
    if (current.current.view === undefined) waiting.current.clear();
    void follow(life.current.signal);
  }, [hasEnds, metric, follow]));

  return { ...all, data: view };
}

/** Curves with other ends: from the first place of an end on, what was there is replaced. */
function join(view: CurvesView, ends: CurvesView): CurvesView {
  const keyOf = (curve: CurveView): string => `${curve.configuration_id} ${curve.run_id ?? ''}`;
  const byKey = new Map(ends.curves.map((curve) => [keyOf(curve), curve]));
  const curves = view.curves.map((curve): CurveView => {
    const end = byKey.get(keyOf(curve));
    byKey.delete(keyOf(curve));
    if (!end) return curve;
    const cut = curve.x.findIndex((x) => x >= end.x[0]!);
    const glue = <V,>(before: readonly V[], after: readonly V[]): V[] => [...(cut < 0 ? before : before.slice(0, cut)), ...after];
    return {
      ...curve, x: glue(curve.x, end.x), y: glue(curve.y, end.y), is_range: curve.is_range || end.is_range,
      low: curve.low && end.low && glue(curve.low, end.low), high: curve.high && end.high && glue(curve.high, end.high),
    };
  });
  const isBefore = (a: CurveView, b: CurveView): number => a.ordinal - b.ordinal || (a.seed ?? 0) - (b.seed ?? 0);
  return { ...view, curves: byKey.size === 0 ? curves : [...curves, ...byKey.values()].sort(isBefore) };
}
