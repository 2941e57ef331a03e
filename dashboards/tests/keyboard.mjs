// Everything is reached with Tab, and does with Enter what it does with the mouse.
import assert from 'node:assert/strict';
import { drawn, facts, open, quiet, script, settled, visit } from './browser.mjs';

const most = 200;

script(async (browser) => {
  const { page, complaints } = await open(browser);
  const focused = () => page.evaluate(() => {
    const element = document.activeElement;
    return element === document.body ? '' : (element.getAttribute('aria-label') ?? element.textContent).trim();
  });
  /** Presses Tab until the focus is on an element of such words, which must be seen to have it. */
  const tabTo = async (words) => {
    const passed = [];
    for (let step = 0; step < most; step++) {
      await page.keyboard.press('Tab');
      const now = await focused();
      passed.push(now);
      if (typeof words === 'string' ? now === words : words.test(now)) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notEqual(outline, 'none', `${words} does not show that it has the focus`);
        return;
      }
    }
    assert.fail(`Tab does not reach ${words} on ${page.url()}; it passes ${passed.join(' | ')}`);
  };

  await visit(page, '/');
  await tabTo('To the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await visit(page, '/');
  for (const words of ['Sweeps', 'Machines', 'Nightly', 'Compare']) await tabTo(words);
  await tabTo(/^Runs/);
  const names = () => page.getByRole('region', { name: 'Sweeps' }).locator('tbody tr td:first-child').allInnerTexts();
  await page.goto(`${page.url().split('?')[0]}`);
  await settled(page);
  await tabTo(/^ID/);
  const before = await names();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('th[aria-sort="ascending"]'));
  assert.deepEqual(await names(), before.toReversed());
  assert.match(page.url(), /sort=id/);
  assert.match(await focused(), /^ID/, 'sorting loses the focus');

  await page.keyboard.press('/');
  assert.equal(await focused(), 'Search names, questions, verdicts');
  await page.keyboard.type('learning/rates');
  assert.equal(await page.locator('input[type=search]').inputValue(), 'learning/rates');

  await visit(page, '/');
  await tabTo('Submit a sweep');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.ok(await page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), 'the focus is not in the dialog');
  await page.getByRole('dialog').getByText('Valid:').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await focused(), 'Submit a sweep', 'the focus does not return');

  await visit(page, `/sweeps/${facts.measured}/curves`);
  await drawn(page, 1);
  await tabTo('Table');
  await tabTo(/^Download the chart .* as PNG$/);
  for (const [words, kind] of [[/ as PNG$/, 'png'], [/ as SVG$/, 'svg']]) {
    if (!words.test(await focused())) await tabTo(words);
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    assert.equal(download.suggestedFilename(), `val-loss-of-learning-rates.${kind}`);
  }
  await visit(page, `/sweeps/${facts.measured}/curves`);
  await tabTo('Stage tree');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/stages$/);
  await drawn(page, 1);
  quiet(complaints);
});
