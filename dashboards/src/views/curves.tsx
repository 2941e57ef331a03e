import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { read, toNumber } from '../api/client';
import type { CurvesView } from '../api/schema';
import { Chart } from '../charts/chart';
import { curves, lineAt, type Line } from '../charts/curves';
import { coloredOf, colors, configurationColors, type Colored } from '../colors';
import { axes, axisNames, groupings } from '../curveRequest';
import { count, duration, many, number } from '../format';
import { useCurves } from '../liveCurves';
import { Choice, Select, Switch } from '../parts/fields';
import { Loaded } from '../parts/states';
import { aboutSweep } from '../live';
import { useResource } from '../resource';
import { choice, choose, go } from '../router';
import type { TabProperties } from './sweep';

/** A metric against training, one line per configuration with its band over seeds, or one per run. */
export function CurvesTab({ sweep, verdict }: TabProperties): JSX.Element {
  const name = choice('metric', sweep.metric);
  const names = useResource(`metrics ${sweep.id}`, (signal) => read('/api/sweeps/{id}/metrics', { path: { id: sweep.id } }, signal), aboutSweep(sweep.id, 'sweep'));
  const view = useCurves(sweep.id, name);
  const known = names.data ?? [];
  const summary = verdict.data?.summary;
  const configurations = useMemo(() => summary && coloredOf(summary), [summary]);
  return (
    <>
      <div class="bar-of-tools">
        <Select name="metric" label="Metric" otherwise={sweep.metric} options={(known.includes(sweep.metric) ? known : [sweep.metric, ...known]).map((one) => [one, one])} />
        <Choice name="x" label="Against" options={axes} otherwise="steps" />
        <Choice name="by" label="Lines" options={groupings} otherwise="configuration" />
        <Smoothing />
        <Switch name="logx">log x</Switch>
        <Switch name="logy">log y</Switch>
      </div>
      <Loaded of={view} what="The curves" isEmpty={(data) => data.curves.length === 0} empty={<p>No point of {name} yet. The first one appears here by itself.</p>}>
        {(data) => <Curves view={data} title={`${name} of ${sweep.name}`} configurations={configurations} />}
      </Loaded>
    </>
  );
}

function Smoothing(): JSX.Element {
  const weight = Number(choice('smooth', '0')) || 0;
  return (
    <label class="field">Smoothing
      <input type="range" min="0" max="0.98" step="0.02" value={weight} aria-valuetext={String(weight)} onInput={(event) => choose('smooth', event.currentTarget.value, '0')} />
      <span class="number">{weight.toFixed(2)}</span>
    </label>
  );
}

interface Properties {
  view: CurvesView;
  title: string;
  /** All configurations of the sweep, which the colours are counted by; those of the curves where they are not known yet. */
  configurations: readonly Colored[] | undefined;
}

function Curves({ view, title, configurations }: Properties): JSX.Element {
  const palette = colors();
  const [isLogX, isLogY, smoothing] = [choice('logx', '') === '1', choice('logy', '') === '1', Number(choice('smooth', '0')) || 0];
  const lines = useMemo(() => linesOf(view, configurations, palette), [view, configurations, palette]);
  const option = useMemo(
    () => curves(lines, { xName: axisNames[view.x], yName: view.metric, isLogX, isLogY, smoothing, mark: view.target === null ? null : { value: view.target, name: `target ${number(view.target)}` }, palette }),
    [lines, view, isLogX, isLogY, smoothing, palette],
  );
  const isRange = view.curves.some((curve) => curve.is_range);
  const end = Math.max(...view.curves.map((curve) => curve.x.at(-1) ?? 0));
  const hasBand = view.curves.some((curve) => curve.low?.some((value) => value !== null));
  return (
    <>
      <Chart title={title} option={option} height={520} onClick={(hit) => {
        const run = view.curves[lineAt(lines, hit, palette) ?? -1]?.run_id;
        if (run) go(`/runs/${run}`);
      }} />
      <p class="faint">
        {many(view.curves.length, view.by === 'run' ? 'run' : 'configuration')}. Until {view.x === 'seconds' ? duration(end) : view.x === 'flops' ? `${number(end)} FLOPs` : `${count(end)} ${view.x}`}.
        {hasBand && (isRange ? ' Bands are the range of two seeds.' : ' Bands are 95% intervals of the mean over seeds.')}
        {view.by === 'run' && ' A click on a line opens its run.'} Wheel: zoom along x, with Shift along y; double click: all again.
      </p>
    </>
  );
}

/** The lines of a view in the colours that the configurations have everywhere. */
export function linesOf(view: CurvesView, configurations: readonly Colored[] | undefined, palette: ReturnType<typeof colors>): Line[] {
  const all = configurations ?? Array.from({ length: 1 + Math.max(-1, ...view.curves.map((curve) => curve.ordinal)) }, (_, ordinal) => ({ isBaseline: view.curves.some((curve) => curve.ordinal === ordinal && curve.is_baseline), cost: null }));
  const tints = configurationColors(all, palette);
  return view.curves.map((curve) => ({
    name: curve.seed === null ? curve.label : `${curve.label} · seed ${curve.seed}`,
    group: curve.label,
    color: tints[curve.ordinal] ?? palette.other,
    isBaseline: curve.is_baseline && curve.seed === null,
    x: curve.x,
    y: curve.y.map(toNumber),
    ...(curve.low && curve.high ? { low: curve.low, high: curve.high } : {}),
    ...(curve.run_id === null ? {} : { remark: `run ${curve.run_id}` }),
  }));
}
