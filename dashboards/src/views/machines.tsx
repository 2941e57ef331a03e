import type { JSX } from 'preact';
import { readAll } from '../api/client';
import type { MachineView } from '../api/schema';
import { useTitle } from '../app';
import { ago, count, duration, many, moment, percent } from '../format';
import { Loaded, Progress } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { useResource } from '../resource';
import { Link } from '../router';

/** All machines and what their slots do. */
export function MachinesView(): JSX.Element {
  useTitle('Machines');
  const machines = useResource('machines', (signal) => readAll('/api/machines', {}, 500, signal), ({ kind }) => kind === 'machine' || kind === 'runs' || kind === 'points');
  return (
    <>
      <div class="head"><h1>Machines</h1></div>
      <Loaded of={machines} what="The machines" isEmpty={(page) => page.total === 0} empty={<><p>No machine has joined this head.</p><p>The head trains on its own machine unless it was started with <code>--no-agent</code>. Others join with <code>./sweeps agent --head URL</code>.</p></>}>
        {(page) => <>{page.items.toSorted((a, b) => Number(b.is_alive) - Number(a.is_alive)).map((machine) => <Machine key={machine.id} machine={machine} />)}</>}
      </Loaded>
    </>
  );
}

function Machine({ machine }: { machine: MachineView }): JSX.Element {
  const busy = machine.slots.filter((slot) => slot.work).length;
  return (
    <section class="card machine">
      <div class="head">
        <h2>{machine.id}</h2>
        {machine.is_alive ? <span class="badge is-completed">alive</span> : <span class="badge is-lost">silent</span>}
      </div>
      <p class="facts">
        <span><b>{busy}</b> of {many(machine.slots.length, 'slot')} busy ({percent(machine.slots.length === 0 ? null : busy / machine.slots.length)})</span>
        <span>{machine.silent_seconds === null ? 'not heard since this head began' : <>last heard <b>{duration(machine.silent_seconds)}</b> ago</>}; a lease is {duration(machine.lease_seconds)}</span>
        <span title={moment(machine.first_seen_at)}>first seen <b>{ago(machine.first_seen_at)}</b></span>
        {machine.slots[0] && <span>{machine.slots[0].processor}</span>}
      </p>
      <Table caption={`Slots of ${machine.id}`} rows={machine.slots} keyOf={(slot) => slot.index} columns={columns} name={`sort-${machine.id}`} />
    </section>
  );
}

const columns: Column<MachineView['slots'][number]>[] = [
  { key: 'index', title: 'Slot', show: (slot) => slot.index },
  { key: 'name', title: 'Device', isText: true, show: (slot) => (slot.gpu === null ? `${slot.name}, ${many(slot.threads, 'thread')}` : `GPU ${slot.gpu}: ${slot.name}`) },
  { key: 'sweep', title: 'Sweep', isText: true, show: (slot) => (slot.work ? <Link href={`/sweeps/${slot.work.sweep_id}`}>{slot.work.sweep_name}</Link> : <span class="faint">idle</span>) },
  { key: 'stage', title: 'Stage', isText: true, show: (slot) => slot.work && <>{slot.work.label} · seed {slot.work.seed} <span class="faint">stage {slot.work.stage_id}, attempt {slot.work.attempt}</span></> },
  {
    key: 'steps', title: 'Steps',
    show: ({ work }) => work && (work.to_step > work.from_step
      ? <><Progress done={work.steps_done - work.from_step} all={work.to_step - work.from_step} label={`${count(work.steps_done)} of ${count(work.to_step)} steps`} /> {count(work.steps_done)}/{count(work.to_step)}</>
      : count(work.steps_done)),
  },
  { key: 'since', title: 'Since', show: ({ work }) => work && <time dateTime={work.started_at} title={moment(work.started_at)}>{ago(work.started_at)}</time> },
];
