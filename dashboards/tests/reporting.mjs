// An open page draws what runs report while they report it: one run alone, then fifty at once. The times are printed; in the end the page has the API's numbers.
import assert from 'node:assert/strict';
import { drawn, facts, open, quiet, script, url, visit } from './browser.mjs';

const { sweep, runs, token } = facts;
const [alone, together] = [20, 12];

script(async (browser) => {
  const loss = (run, step) => 2 + (runs.indexOf(run) % 10) * 0.05 + 3 * Math.exp(-step / 400) + 0.02 * Math.sin(run.run + step);
  const post = async (run, step) => {
    const point = { metric: 'val_loss', step, value: loss(run, step), tokens: 64 * step, seconds: 0.01 * step };
    const answer = await fetch(`${url}/api/attempts/${run.attempt}/points`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ points: [point] }) });
    assert.equal(answer.status, 200, await answer.text());
  };
  // Some of the past, so that there are curves.
  let step = 0;
  for (; step < 200; step += 10) await Promise.all(runs.map((run) => post(run, step + 10)));

  const { page, complaints } = await open(browser);
  await visit(page, `/sweeps/${sweep}/curves`);
  await drawn(page, 1);
  await page.evaluate(() => (window.isSame = true));
  const caption = page.getByText(/Until /);
  /** Posts the first point of a step and waits until it is drawn: the page says how far its curves are, and two frames later they are on the screen. */
  const time = async (run, at) => {
    const shown = page.evaluate((text) => new Promise((resolve) => {
      const look = () => (document.querySelector('main').textContent.includes(text) ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now()))) : requestAnimationFrame(look));
      look();
    }), `Until ${at.toLocaleString('en')} steps.`);
    const from = Date.now();
    await post(run, at);
    return (await shown) - from;
  };
  const say = (what, times) => {
    const sorted = times.toSorted((a, b) => a - b);
    const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    console.log(`${what}: posted to drawn ${quantile(0.5)} ms (median), ${quantile(0.95)} ms (95%), ${sorted.at(-1)} ms (longest) of ${sorted.length}`);
  };

  const lonely = [];
  for (let n = 0; n < alone; n++) lonely.push(await time(runs[0], (step += 10)));
  say('one run', lonely);

  // Each of the others reports all the time, some steps behind the one that is watched.
  let isOver = false;
  let posted = 0;
  const others = runs.slice(1).map(async (run, place) => {
    for (let at = 210; !isOver; at += 10) {
      await post(run, at);
      posted++;
      await new Promise((done) => setTimeout(done, 300 + 8 * place));
    }
  });
  const crowd = [];
  const from = Date.now();
  step = Math.max(step, 50_000);
  for (let n = 0; n < together; n++) crowd.push(await time(runs[0], (step += 10)));
  const rate = posted / ((Date.now() - from) / 1000);
  isOver = true;
  await Promise.all(others);
  const whole = page.waitForResponse((answer) => answer.url().includes('/curves?') && !answer.url().includes('since='));
  say(`fifty runs, ${rate.toFixed(0)} points a second`, crowd);
  assert.equal(await caption.count(), 1);

  // What the box beside the pointer says of the last step is what the API says; then all is read once more, since nothing comes any more.
  const { curves } = await (await fetch(`${url}/api/sweeps/${sweep}/curves`)).json();
  const box = await page.locator('.chart .canvas').boundingBox();
  const end = curves[0].x.at(-1);
  assert.equal(end, step);
  await page.mouse.move(box.x + box.width / 2, box.y + 200);
  await page.mouse.move(box.x + box.width - 252, box.y + 200);
  await page.locator('.hover').filter({ hasText: `Training steps: ${end}` }).filter({ hasText: curves[0].y.at(-1).toFixed(4) }).waitFor();
  await whole;
  assert.equal(await page.evaluate(() => window.isSame), true, 'the page was loaded anew');
  quiet(complaints);
});
