import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, send } from '../api/client';
import type { SweepCheck, SweepView } from '../api/schema';
import { count, duration, many } from '../format';
import { go } from '../router';
import { mayChange } from '../session';

const example = `name: my-question
description: Does a second head help?
method: grid
metric: {name: val_loss, goal: minimize}
parameters:
  heads: {values: [1, 2]}
  steps: {value: 500}
seeds: 3
baseline: {heads: 1}
`;

const typingPause = 300;

/** A button that opens a sweep file for writing, which is checked while it is written. */
export function Submit(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState(example);
  const [check, setCheck] = useState<SweepCheck | undefined>();
  const [refusal, setRefusal] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [isSending, setIsSending] = useState(false);

  useEffect(() => {
    if (!isOpen) return;
    let isStale = false;
    setRefusal('');
    const timer = setTimeout(() => {
      send<SweepCheck>('POST', '/check', text).then(
        (answer) => isStale || setCheck(answer),
        (error: unknown) => isStale || (setCheck(undefined), setRefusal(error instanceof Error ? error.message : String(error))),
      );
    }, typingPause);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text, isOpen]);

  const open = (): void => {
    dialog.current?.showModal();
    setIsOpen(true);
  };
  const submit = async (): Promise<void> => {
    setIsSending(true);
    try {
      const sweep = await send<SweepView>('POST', '/sweeps', text);
      dialog.current?.close();
      go(`/sweeps/${sweep.id}`);
    } catch (error) {
      setRefusal(error instanceof Problem ? error.message : String(error));
    } finally {
      setIsSending(false);
    }
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file) setText(await file.text());
  };

  if (!mayChange.value) return <></>;
  const problems = check?.errors ?? [];
  const isGood = check !== undefined && problems.length === 0;
  return (
    <>
      <button type="button" class="main" onClick={open}>Submit a sweep</button>
      <dialog ref={dialog} aria-label="Submit a sweep" onClose={() => setIsOpen(false)}>
        <div class="head">
          <h1>Submit a sweep</h1>
          <label class="field actions">From a file <input type="file" accept=".yaml,.yml" onChange={(event) => void take(event.currentTarget.files?.[0])} /></label>
        </div>
        <textarea aria-label="Sweep file" spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} aria-invalid={problems.length > 0} aria-describedby="check" />
        <div id="check" role="status" aria-live="polite">
          {problems.length > 0 && <ul class="problems">{problems.map((problem) => <li key={`${problem.line}:${problem.column}:${problem.message}`}>Line {problem.line}, column {problem.column}: {problem.message}</li>)}</ul>}
          {isGood && check.plan && (
            <p class="good">
              Valid: {many(check.plan.configurations, 'configuration')}
              {check.plan.most_configurations > check.plan.configurations && ` and up to ${count(check.plan.most_configurations - check.plan.configurations)} that the search chooses`},{' '}
              {many(check.plan.runs, 'run')}{check.plan.steps !== null && <>, {count(check.plan.steps)} steps</>}
              {check.plan.steps !== null && check.plan.steps_without_sharing !== null && check.plan.steps_without_sharing > check.plan.steps && <> instead of {count(check.plan.steps_without_sharing)} without sharing</>}
              {check.plan.estimate && <>, about {duration(check.plan.estimate.seconds)} on {many(check.plan.estimate.slots, 'slot')}</>}. {check.plan.baseline_remark}
            </p>
          )}
          {refusal && <p class="bad" role="alert">{refusal}</p>}
        </div>
        <div class="head">
          <div class="actions">
            <button type="button" onClick={() => dialog.current?.close()}>Close</button>
            <button type="button" class="main" disabled={!isGood || isSending} onClick={() => void submit()}>Submit</button>
          </div>
        </div>
      </dialog>
    </>
  );
}
