// A sweep file is checked while it is written: the error with its line, then the plan; submitting goes to the sweep.
import assert from 'node:assert/strict';
import { facts, open, quiet, says, script, visit } from './browser.mjs';

script(async (browser) => {
  const { page, complaints } = await open(browser);
  await visit(page, '/');
  await page.getByRole('button', { name: 'Submit a sweep' }).click();
  const dialog = page.getByRole('dialog', { name: 'Submit a sweep' });
  const submit = dialog.getByRole('button', { name: 'Submit', exact: true });
  const file = dialog.getByLabel('Sweep file');
  await dialog.getByText('Valid: 2 configurations').waitFor();

  const lines = facts.yaml.split('\n');
  const wrong = lines.findIndex((line) => line.includes('batch_size'));
  await file.fill(lines.with(wrong, '  batch_sise: {value: 4}').join('\n'));
  await dialog.getByText(new RegExp(`Line ${wrong + 1}, column 3: .*batch_size`)).waitFor();
  assert.ok(await submit.isDisabled(), 'A wrong file can be submitted.');

  await file.fill(facts.yaml);
  await dialog.getByText(/Valid: 4 configurations, 8 runs, \d+ steps instead of 160 without sharing/).waitFor();
  await submit.click();
  await page.waitForURL(/\/sweeps\/\d+$/);
  await page.getByRole('heading', { name: 'submitted' }).waitFor();
  await page.locator('.badge.is-completed').first().waitFor();
  await says(page, '8 of 8 runs');
  quiet(complaints);
});
