import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ConfigurationSummary, SweepSummary } from '../api/schema';
import { many, metric, probability } from '../format';
import { Loaded, State } from '../parts/states';
import { Table, type Column } from '../parts/table';
import type { TabProperties } from './sweep';

/** The answer in sentences with its evidence. */
export function VerdictTab({ sweep, verdict }: TabProperties): JSX.Element {
  return (
    <Loaded of={verdict} what="The verdict">
      {({ summary, verdict: text, state }) => (
        <>
          <Answer text={text} isFinal={state !== 'running' && state !== 'paused'} />
          <p class="faint">{summary.baseline_remark}</p>
          <Missing summary={summary} />
          <h2>Evidence</h2>
          <Table caption={`Evidence of ${sweep.name}`} rows={summary.configurations} columns={columns(summary)} keyOf={(row) => row.index} rowClass={(row) => (row.is_baseline ? 'is-baseline' : '')} />
          <p class="faint">
            Differences are to {summary.has_one_baseline ? 'the' : 'each one’s'} baseline, paired by seed where both have the seed, else Welch’s; p is two-sided, and “all” is after Holm’s correction for all comparisons of the sweep. A corrected p below 0.01 decides.
          </p>
        </>
      )}
    </Loaded>
  );
}

function Answer({ text, isFinal }: { text: string; isFinal: boolean }): JSX.Element {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 2000);
  };
  return (
    <section class="verdict" aria-label="Verdict">
      {text.split('\n').filter(Boolean).map((line) => <p key={line}>{line}</p>)}
      <p class="faint">
        <button type="button" onClick={() => void copy()}>{isCopied ? 'Copied' : 'Copy'}</button>
        {!isFinal && ' The sweep is not over: this is from what is known so far.'}
      </p>
    </section>
  );
}

function Missing({ summary }: { summary: SweepSummary }): JSX.Element | null {
  const undecided = summary.configurations.filter((configuration) => configuration.more_seeds !== null);
  if (undecided.length === 0) return null;
  return (
    <>
      <h2>Seeds that are missing</h2>
      <ul>{undecided.map((configuration) => <li key={configuration.index}>{configuration.label}: about {many(configuration.more_seeds!, 'more seed')} would tell it from {summary.has_one_baseline ? 'the baseline' : summary.configurations[configuration.reference]?.label}, if the difference is as large as it looks.</li>)}</ul>
    </>
  );
}

const interval = (row: ConfigurationSummary): string => (row.difference_interval ? ` [${metric(row.difference_interval.low)}, ${metric(row.difference_interval.high)}]` : '');

const columns = (summary: SweepSummary): Column<ConfigurationSummary>[] => [
  { key: 'label', title: 'Configuration', isText: true, show: (row) => row.label, by: (row) => row.label },
  { key: 'standing', title: 'Stands', isText: true, show: (row) => <State of={row.standing.replace('_', ' ')} />, by: (row) => row.standing },
  { key: 'n', title: 'Seeds', show: (row) => `${row.n}${row.diverged > 0 ? ` (${row.diverged} diverged)` : ''}`, by: (row) => row.n },
  { key: 'mean', title: `Mean ${summary.metric}`, show: (row) => metric(row.mean), by: (row) => row.mean },
  { key: 'difference', title: 'Difference [95%]', show: (row) => (row.difference === null ? '–' : `${metric(row.difference)}${interval(row)}`), by: (row) => row.difference },
  { key: 'test', title: 'Test', isText: true, show: (row) => row.test ?? '–' },
  { key: 'p', title: 'p', show: (row) => probability(row.p), by: (row) => row.p },
  { key: 'all', title: 'p, all', show: (row) => probability(row.adjusted_p), by: (row) => row.adjusted_p },
];
