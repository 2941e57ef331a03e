import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { isKnown } from './api/client';
import { theme, type Theme } from './colors';
import { connection } from './live';
import { later } from './later';
import { Link, place } from './router';
import { identify, logOut, session } from './session';
import { LoginView } from './views/login';
import { SweepsView } from './views/sweeps';

const SweepView = later(async () => (await import('./views/sweep')).SweepView);
const RunView = later(async () => (await import('./views/run')).RunView);
const MachinesView = later(async () => (await import('./views/machines')).MachinesView);
const NightlyView = later(async () => (await import('./views/nightly')).NightlyView);
const CompareView = later(async () => (await import('./views/compare')).CompareView);

const sections = [['/', 'Sweeps'], ['/machines', 'Machines'], ['/nightly', 'Nightly'], ['/compare', 'Compare']] as const;

/** The page: its head, and the view that the URL names. */
export function App(): JSX.Element {
  const path = place.value.pathname;
  const section = sections.find(([href]) => href !== '/' && path.startsWith(href))?.[0] ?? (/^\/(sweeps|runs|$)/.test(path) ? '/' : undefined);
  useEffect(() => void identify().catch(() => undefined), []);
  useEffect(() => {
    const search = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const box = document.querySelector<HTMLInputElement>('input[type="search"]');
      if (!box) return;
      event.preventDefault();
      box.focus();
    };
    window.addEventListener('keydown', search);
    return () => window.removeEventListener('keydown', search);
  }, []);
  return (
    <>
      <a class="skip" href="#content">To the content</a>
      <header class="top">
        <Link href="/" class="name"><img src="/icon.svg" alt="" width="20" height="20" />Sweeps</Link>
        <nav aria-label="Sections">
          {sections.map(([href, name]) => <Link key={href} href={href} {...(href === section ? { 'aria-current': 'page' as const } : {})}>{name}</Link>)}
        </nav>
        <div class="right">
          <Connection />
          <Who />
          <label class="field"><span class="unseen">Colours</span>
            <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
              <option value="system">System</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </label>
        </div>
      </header>
      <main id="content" tabIndex={-1}>{isKnown.value ? <View path={path} /> : <LoginView />}</main>
    </>
  );
}

const words = { connecting: 'connecting', live: 'live', lost: 'no word from the head' } as const;

const Connection = (): JSX.Element => <span class={`link is-${connection.value}`} role="status"><i aria-hidden="true" />{words[connection.value]}</span>;

/** Who is logged in; nothing at a head that wants no token. */
function Who(): JSX.Element | null {
  const who = session.value;
  if (!who || who.is_open || who.role === null) return null;
  return <span class="who"><span class="faint">{who.name}</span> <button type="button" onClick={() => void logOut()}>Log out</button></span>;
}

function View({ path }: { path: string }): JSX.Element {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [first, second, third] = parts;
  if (first === undefined || (first === 'sweeps' && second === undefined)) return <SweepsView />;
  if (first === 'sweeps' && second !== undefined && isId(second)) return <SweepView key={second} id={Number(second)} tab={third ?? 'curves'} />;
  if (first === 'runs' && second !== undefined && isId(second)) return <RunView key={second} id={Number(second)} />;
  if (first === 'machines') return <MachinesView />;
  if (first === 'nightly') return <NightlyView name={second ?? null} />;
  if (first === 'compare') return <CompareView />;
  return <div class="state"><p>There is no page {path}.</p><Link href="/">To all sweeps</Link></div>;
}

const isId = (text: string): boolean => /^\d+$/.test(text);

/** Says in the browser's tab where the reader is. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Sweeps` : 'Sweeps';
  }, [title]);
}
