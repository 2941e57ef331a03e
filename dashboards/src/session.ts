import { computed, signal } from '@preact/signals';
import { isKnown, read, send } from './api/client';
import type { SessionView } from './api/schema';

/** Who the head takes this browser for; undefined until it has said so. */
export const session = signal<SessionView | undefined>(undefined);

/** Whether what changes something is offered. A head that is open says so after the first view is shown, and nothing flickers. */
export const mayChange = computed(() => session.value === undefined || session.value.role === 'submitter' || session.value.role === 'admin');

const take = (view: SessionView): void => {
  session.value = view;
  isKnown.value = view.role !== null;
};

/** Asks who this browser is. */
export const identify = async (): Promise<void> => take(await read('/api/session', {}));

/** Begins a session with a token. The browser keeps a cookie that no script can read, and not the token. */
export const logIn = async (token: string): Promise<void> => take(await send<SessionView>('POST', '/session', { token }));

/** Ends it. */
export const logOut = async (): Promise<void> => {
  await send('DELETE', '/session');
  await identify();
};
