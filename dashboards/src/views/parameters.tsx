import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { read } from '../api/client';
import type { ConfigurationSummary, SweepSummary } from '../api/schema';
import { Chart } from '../charts/chart';
import { heatMap, parallel, scatter, shares, type Dimension } from '../charts/comparisons';
import { coloredOf, colors, configurationColors } from '../colors';
import { parameterNames, textOf, valueOf } from '../parameters';
import { Select, Switch } from '../parts/fields';
import { Loaded } from '../parts/states';
import { aboutSweep } from '../live';
import { useResource } from '../resource';
import { choice } from '../router';
import type { TabProperties } from './sweep';

/** How the metric depends on the parameters. */
export function ParametersTab({ sweep, verdict }: TabProperties): JSX.Element {
  return (
    <Loaded of={verdict} what="The results">
      {({ summary }) => {
        const names = parameterNames(summary);
        const measured = summary.configurations.filter((row) => row.mean !== null);
        if (names.length === 0) return <div class="state">All configurations have the same parameters.</div>;
        if (measured.length === 0) return <div class="state">No run has finished yet. This view draws the values at the end of finished runs.</div>;
        return <Parameters sweep={sweep} summary={summary} names={names} measured={measured} />;
      }}
    </Loaded>
  );
}

interface Properties {
  sweep: TabProperties['sweep'];
  summary: SweepSummary;
  names: string[];
  measured: ConfigurationSummary[];
}

function Parameters({ sweep, summary, names, measured }: Properties): JSX.Element {
  const palette = colors();
  const tints = useMemo(() => configurationColors(coloredOf(summary), palette), [summary, palette]);
  const lines = useMemo(() => {
    const dimensions: Dimension[] = [...names.map((name) => dimensionOf(name, measured)), { name: summary.metric }];
    return parallel(dimensions, measured.map((row) => ({
      values: [...names.map((name, place) => (dimensions[place]!.texts ? textOf(row.parameters[name]) : Number(valueOf(row.parameters[name])))), row.mean!], color: tints[row.index] ?? palette.ink,
      width: row.is_baseline ? 2.6 : 1.4,
    })), palette);
  }, [names.join(), measured, summary, palette]);
  const first = names.includes(choice('parameter', '')) ? choice('parameter', '') : names[0]!;
  const second = names.find((name) => name === choice('second', '') && name !== first) ?? names.find((name) => name !== first);
  return (
    <>
      <h2>All parameters</h2>
      <Chart title={`Parameters of ${sweep.name}`} option={lines} height={Math.min(560, 300 + 4 * measured.length)} />
      <p class="faint">Drag along an axis to single configurations out; click on the axis to let them all in again.</p>
      <div class="columns">
        <Importance sweep={sweep} names={names} />
        <section>
          <h2>{summary.metric} against a parameter</h2>
          <div class="bar-of-tools">
            <Select name="parameter" label="Parameter" otherwise={names[0]!} options={names.map((name) => [name, name])} />
            <Switch name="logp">log</Switch>
          </div>
          <Effect title={`${summary.metric} against ${first} in ${sweep.name}`} name={first} summary={summary} measured={measured} tints={tints} />
        </section>
        {second !== undefined && (
          <section>
            <h2>Two parameters</h2>
            <div class="bar-of-tools"><Select name="second" label={`${first} and`} otherwise={second} options={names.filter((name) => name !== first).map((name) => [name, name])} /></div>
            <Heat title={`${summary.metric} by ${first} and ${second} in ${sweep.name}`} x={first} y={second} summary={summary} measured={measured} />
          </section>
        )}
      </div>
    </>
  );
}

function Importance({ sweep, names }: { sweep: TabProperties['sweep']; names: readonly string[] }): JSX.Element {
  const palette = colors();
  const view = useResource(`importance ${sweep.id}`, (signal) => read('/api/sweeps/{id}/importance', { path: { id: sweep.id } }, signal), aboutSweep(sweep.id, 'runs', 'sweep'));
  const option = useMemo(() => shares((view.data?.parameters ?? []).map(({ parameter, share, spread }) => ({ name: parameter, share, remark: `± ${(100 * spread).toFixed(0)}% over the trees of the forest` })), 'Share of the variance', palette), [view.data, palette]);
  return (
    <section>
      <h2>Importance</h2>
      <Loaded of={view} what="The importance" isEmpty={(data) => data.parameters.length === 0} empty={<p>Too few configurations have finished, or all are equally good.</p>}>
        {(data) => (
          <>
            <Chart title={`Importance of the parameters of ${sweep.name}`} option={option} height={Math.max(150, 30 * names.length + 70)} />
            <p class="faint">Share of the variance of {data.metric} that a parameter explains alone, learned from {data.configurations} configurations.</p>
          </>
        )}
      </Loaded>
    </section>
  );
}

/** Values that are all numbers make a number's axis; else each text has its place. */
function dimensionOf(name: string, rows: readonly ConfigurationSummary[]): Dimension {
  const values = rows.map((row) => row.parameters[name]);
  if (values.every((value) => typeof value === 'number')) {
    const numbers = values as number[];
    return { name, isLog: Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= 50 };
  }
  return { name, texts: [...new Set(values.map(textOf))] };
}

function Effect({ title, name, summary, measured, tints }: { title: string; name: string; summary: SweepSummary; measured: ConfigurationSummary[]; tints: readonly string[] }): JSX.Element {
  const palette = colors();
  const isLogX = choice('logp', '') === '1';
  const option = useMemo(() => {
    const dimension = dimensionOf(name, measured);
    const place = (row: ConfigurationSummary): number => (dimension.texts ? dimension.texts.indexOf(textOf(row.parameters[name])) : Number(row.parameters[name]));
    const made = scatter(measured.map((row) => ({ name: row.label, color: tints[row.index] ?? palette.ink, x: place(row), y: row.mean!, remark: `${name} ${textOf(row.parameters[name])}, ${row.n} seeds` })),
      { x: name, y: `Mean ${summary.metric}`, isLogX: isLogX && !dimension.texts }, palette);
    if (!dimension.texts) return made;
    return { ...made, xAxis: { ...(made['xAxis'] as object), min: -0.5, max: dimension.texts.length - 0.5, interval: 1, scale: false, axisLabel: { color: palette.faint, hideOverlap: true, formatter: (value: number) => dimension.texts![value] ?? '' } } };
  }, [name, measured, summary, isLogX, palette]);
  return <Chart title={title} option={option} height={320} />;
}

function Heat({ title, x, y, summary, measured }: { title: string; x: string; y: string; summary: SweepSummary; measured: ConfigurationSummary[] }): JSX.Element {
  const palette = colors();
  const option = useMemo(() => {
    const [xs, ys] = [valuesOf(x, measured), valuesOf(y, measured)];
    const cells = Map.groupBy(measured, (row) => `${textOf(row.parameters[x])}\n${textOf(row.parameters[y])}`);
    return heatMap({
      xName: x, yName: y, xs, ys, valueName: `Mean ${summary.metric}`, isLowGood: summary.goal === 'minimize',
      at: (i, j) => {
        const rows = cells.get(`${xs[i]}\n${ys[j]}`);
        return rows ? { value: rows.reduce((sum, row) => sum + row.mean!, 0) / rows.length, n: rows.length } : null;
      },
    }, palette);
  }, [x, y, measured, summary, palette]);
  return <Chart title={title} option={option} height={340} />;
}

/** The values of a parameter as texts, numbers by size. */
function valuesOf(name: string, rows: readonly ConfigurationSummary[]): string[] {
  const values = [...new Map(rows.map((row) => [textOf(row.parameters[name]), valueOf(row.parameters[name])]))];
  return values.sort(([a, x], [b, y]) => (typeof x === 'number' && typeof y === 'number' ? x - y : a.localeCompare(b, 'en', { numeric: true }))).map(([text]) => text);
}
