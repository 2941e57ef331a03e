// A head that wants a token: the login takes the place of the view, which comes back after it; a viewer is offered nothing that changes anything.
import assert from 'node:assert/strict';
import { ask, facts, limit, script, settled, url } from './browser.mjs';

script(async (browser) => {
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(limit);
  const logIn = async (token) => {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
  };

  await page.goto(`${url}/sweeps/${facts.sweep}/verdict`);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn('sweeps_guess');
  await page.getByText('The token is wrong, revoked or expired.').waitFor();
  await logIn(facts.viewer);
  await page.getByRole('heading', { name: facts.name }).waitFor();
  await settled(page); // which waits for server-sent events, too
  assert.equal(new URL(page.url()).pathname, `/sweeps/${facts.sweep}/verdict`);
  await page.getByText('token viewer').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0, 'a viewer is offered to pause');
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]), [[true, 'Strict']]);
  assert.equal(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })).then((kept) => kept.includes('sweeps_')), false, 'a script can read a secret');

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn(facts.submitter);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.head .badge.is-paused').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.locator('.head .badge.is-running').waitFor();

  // Its token is revoked while the page is open.
  await ask('revoke');
  await page.reload();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});
