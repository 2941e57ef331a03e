import { render } from 'preact';
import { beginToRead } from './ahead';
import { App } from './app';
import { listen } from './live';
import './style.css';

listen();
beginToRead();
render(<App />, document.getElementById('app')!);
