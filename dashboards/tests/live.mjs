// An open page follows what happens: points, states, and a head that was killed and comes back.
import assert from 'node:assert/strict';
import { ask, drawn, facts, open, script, settled, visit } from './browser.mjs';

script(async (browser) => {
  const { page: curves, complaints } = await open(browser);
  const { page: run } = await open(browser);
  await visit(curves, `/sweeps/${facts.sweep}/curves`);
  await visit(run, `/runs/${facts.run}`);
  await curves.evaluate(() => (window.isSame = true));
  await run.evaluate(() => (window.isSame = true));
  const picture = () => curves.evaluate(() => document.querySelector('.chart canvas')?.toDataURL() ?? '');
  const drawnAnew = (before) => curves.waitForFunction((old) => (document.querySelector('.chart canvas')?.toDataURL() ?? '') !== old, before);
  const last = () => run.getByRole('region', { name: 'Metrics of the run' }).locator('tbody tr').first().locator('td').nth(1);
  /** Lets the run measure a point; both pages show it, without having been loaded anew. */
  const point = async (step, value) => {
    const before = await picture();
    const from = Number(await ask(`point ${step}`));
    await run.waitForFunction((text) => [...document.querySelectorAll('section td')].some((cell) => cell.textContent === text), value);
    const shown = Date.now() - from;
    await drawnAnew(before);
    console.log(`point at step ${step}: shown as text after ${shown} ms, drawn after ${Date.now() - from} ms`);
    assert.equal(await last().innerText(), value);
  };

  await curves.locator('.badge.is-running').first().waitFor();
  await curves.getByText('No point of loss yet').waitFor();
  await point(10, '4.9');
  await drawn(curves, 1);
  await point(20, '4.8');

  await curves.getByRole('button', { name: 'Pause' }).click();
  await curves.locator('.head .badge.is-paused').waitFor();
  await curves.getByRole('button', { name: 'Resume' }).click();
  await curves.locator('.head .badge.is-running').waitFor();
  await point(30, '4.7');
  assert.deepEqual(complaints, []);

  await ask('kill');
  const lost = Date.now();
  await curves.locator('.link.is-lost').waitFor();
  assert.match(await curves.locator('.link').innerText(), /no word from the head/);
  console.log(`the page says after ${Date.now() - lost} ms that the head is away`);
  assert.equal(await curves.locator('.chart canvas').count() > 0, true, 'what was known is gone');
  await ask('start');
  const back = Date.now();
  await curves.locator('.link.is-live').waitFor();
  console.log(`the page hears the head ${Date.now() - back} ms after it answers`);
  await run.locator('.link.is-live').waitFor();
  await point(40, '4.6');
  await curves.locator('.head .badge.is-completed').waitFor();
  await curves.getByText('1 of 1 run').first().waitFor();
  await settled(curves);
  assert.equal(await curves.locator('.stale, .problem').count(), 0);
  for (const page of [curves, run]) assert.equal(await page.evaluate(() => window.isSame), true, 'the page was loaded anew');
});
