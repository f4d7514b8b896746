import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/tables.css';
import './styles/drawings.css';
import './styles/forms.css';
import './styles/search.css';
import './styles/dialogs.css';
import './styles/narrow.css';
import { App } from './app.tsx';

render(<App />, document.getElementById('console')!);
