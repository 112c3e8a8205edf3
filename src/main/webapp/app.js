// The page of Flexo. All that others have named - files, mirrors, messages - is put there as text, never as HTML.
'use strict';
(() => {
  const context = document.documentElement.dataset.context;
  const state = {};
  const CURVE_POINTS = 60;
  const curves = new Map();
  let token = sessionStorage.getItem('flexo-token') || '';

  // Small things.

  const byId = id => document.getElementById(id);

  function el(tag, properties, ...children) {
    const node = document.createElement(tag);
    Object.entries(properties || {}).forEach(([name, value]) => {
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else if (name === 'class') node.className = value;
      else if (value !== undefined && value !== null) node.setAttribute(name, value);
    });
    node.append(...children.filter(child => child !== null && child !== undefined));
    return node;
  }

  /** Also changes nothing that is as it should be, so that what is read aloud or selected stays. */
  function text(node, value) {
    if (node.textContent !== value) node.textContent = value;
  }

  function bytes(number) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let value = number;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return (unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + ' ' + units[unit];
  }

  const bare = url => url.replace(/\/$/, '');
  const speed = number => number > 0 ? bytes(number) + '/s' : '–';
  const many = (number, what) => number.toLocaleString('en') + ' ' + what + (number === 1 ? '' : 's');

  function span(seconds) {
    if (seconds < 100) return Math.round(seconds) + ' s';
    if (seconds < 6000) return Math.round(seconds / 60) + ' min';
    if (seconds < 48 * 3600) return Math.round(seconds / 3600) + ' h';
    return Math.round(seconds / 86400) + ' days';
  }

  function ago(time) {
    const seconds = (Date.now() - Date.parse(time)) / 1000;
    return seconds >= 0 ? span(seconds) + ' ago' : 'in ' + span(-seconds);
  }

  /** A time that goes on by itself. */
  function when(time) {
    return time ? el('time', {datetime: time, title: new Date(time).toLocaleString()}, ago(time)) : '–';
  }

  setInterval(() => {
    if (document.hidden) return;
    document.querySelectorAll('time').forEach(node => text(node, ago(node.dateTime)));
  }, 1000);

  /** Shows items in a container, each by a node of its own that stays as long as its item. */
  function keyed(container, items, key, show) {
    const nodes = new Map([...container.children].map(node => [node.dataset.key, node]));
    let before = null;
    items.forEach(item => {
      const name = key(item);
      let node = nodes.get(name);
      nodes.delete(name);
      const fresh = JSON.stringify(item);
      if (!node || node.dataset.item !== fresh) {
        const next = show(item, node);
        next.dataset.key = name;
        next.dataset.item = fresh;
        if (node && node !== next) node.replaceWith(next);
        node = next;
      }
      const place = before ? before.nextSibling : container.firstChild;
      if (place !== node) container.insertBefore(node, place);
      before = node;
    });
    nodes.forEach(node => node.remove());
  }

  /** A row of a table; cells are nodes or texts. One that is there keeps its buttons, and so their focus. */
  function row(former, cells, buttons) {
    const line = former || el('tr');
    const steer = former && buttons ? former.lastChild : null;
    const fresh = cells.map(([content, kind]) => el('td', {class: kind || ''}, content));
    if (steer && steer.dataset.buttons === buttons.key) {
      line.replaceChildren(...fresh, steer);
    } else if (buttons) {
      line.replaceChildren(...fresh, el('td', {'class': 'nowrap', 'data-buttons': buttons.key}, ...buttons.make()));
    } else {
      line.replaceChildren(...fresh);
    }
    return line;
  }

  const badge = (words, kind) => el('span', {class: 'badge ' + kind}, words);

  // Steering.

  let toldTimer = 0;

  function tell(words) {
    text(byId('told'), words);
    clearTimeout(toldTimer);
    toldTimer = setTimeout(() => text(byId('told'), ''), 12000);
  }

  function sure(words) {
    const dialog = byId('sure');
    text(byId('sure-words'), words);
    dialog.showModal();
    return new Promise(resolve => {
      const answer = yes => {
        dialog.onclose = byId('sure-yes').onclick = byId('sure-no').onclick = null;
        dialog.close();
        resolve(yes);
      };
      byId('sure-yes').onclick = () => answer(true);
      byId('sure-no').onclick = () => answer(false);
      dialog.onclose = () => answer(false);
    });
  }

  function address(path, parameters) {
    const query = new URLSearchParams(parameters || {}).toString().replaceAll('+', '%20');
    return context + path + (query ? '?' + query : '');
  }

  /** Gives an order; tells what came of it, and returns the answer if it was done. */
  async function order(path, parameters, done, body) {
    const headers = token ? {Authorization: 'Bearer ' + token} : {};
    if (body !== undefined) headers['Content-Type'] = 'text/plain';
    try {
      const response = await fetch(address(path, parameters), {method: 'POST', headers, body});
      const answer = await response.text();
      if (response.ok) {
        tell(done);
        return answer ? JSON.parse(answer) : {};
      }
      if (response.status === 401) {
        tell('This needs the admin token.');
        byId('token').focus();
      } else {
        tell(answer.startsWith('{') ? refusal(response.status, JSON.parse(answer)) : answer.trim());
      }
    } catch (e) {
      tell('Flexo did not answer.');
    }
    return null;
  }

  function refusal(status, answer) {
    if (answer.in_use && answer.in_use.length) return 'Somebody is just using it: ' + answer.in_use.join(', ');
    if (answer.settings) return 'These settings cannot be used:\n' + (answer.settings.mistakes || []).join('\n');
    return status === 404 ? 'It is not there.' : 'It was refused (' + status + ').';
  }

  function button(words, label, click) {
    return el('button', {type: 'button', 'aria-label': label, onclick: click}, words);
  }

  byId('token-form').addEventListener('submit', event => {
    event.preventDefault();
    token = byId('token').value.trim();
    byId('token').value = '';
    sessionStorage.setItem('flexo-token', token);
    if (byId('all-settings').open) loadSettings();
    if (byId('clients-part').open) loadClients();
    text(byId('token-words'), token ? 'The token is used from now on, in this tab.' : 'No token is used any more.');
  });

  // What is shown, by member of the state.

  const show = {
    summary() {
      const summary = state.summary;
      const checks = (state.databases || []).map(database => Date.parse(database.confirmed));
      const parts = [summary.words];
      if (checks.length) parts.push('last database check ' + ago(new Date(Math.max(...checks)).toISOString()));
      text(byId('words'), (summary.well ? '' : 'Not all is well. ') + parts.join('; '));
      byId('words').className = summary.well ? 'good' : 'bad';
      document.title = (summary.well ? '' : '! ') + 'Flexo';
      keyed(byId('complaints'), summary.complaints, complaint => complaint, complaint => el('li', {}, complaint));
    },

    node() {
      const node = state.node;
      byId('node-words').replaceChildren('Flexo ' + node.version + ', started ', when(node.started), node.drained ? '; drained' : '');
      text(byId('drain'), node.drained ? 'Take this node back' : 'Drain this node');
    },

    downloads() {
      byId('no-downloads').hidden = state.downloads.length > 0;
      keyed(byId('running'), state.downloads, download => download.path + ' ' + download.began, (download, former) => {
        const node = former || el('li', {},
          el('div', {class: 'name'}, download.path),
          el('progress', {class: 'track', max: '1', 'aria-label': download.path}),
          el('div', {class: 'facts'}), el('ul', {class: 'switches'}));
        const [, bar, facts, switches] = node.children;
        if (download.total) bar.value = download.bytes / download.total;
        else bar.removeAttribute('value');
        facts.replaceChildren(...[
          download.total ? Math.floor(100 * download.bytes / download.total) + ' % of ' + bytes(download.total) : bytes(download.bytes),
          speed(download.bytes_per_second), many(download.clients, 'client'),
          download.mirrors.length ? 'from ' + download.mirrors.map(bare).join(', ') : 'waiting for a mirror'].map(fact => el('span', {}, fact)));
        keyed(switches, download.switches.map((change, number) => ({...change, number})), change => String(change.number), change =>
          el('li', {}, 'At byte ' + change.byte_position.toLocaleString('en') + ' from ' + bare(change.from) + ' to ' + bare(change.to) + ': ' + change.why));
        return node;
      });
    },

    ended() {
      text(byId('ended-count'), String(state.ended.length));
      keyed(byId('ended'), state.ended, download => download.path + ' ' + download.began, (download, former) => row(former, [
        [download.path, 'name'], [bytes(download.total || download.bytes), 'number'], [speed(download.bytes_per_second), 'number'],
        [download.mirrors.map(bare).join(', ') || '–', 'name'], [when(download.ended), 'nowrap'],
        [download.failure ? badge(download.failure, 'bad') : download.switches.length
          ? badge('whole, after ' + many(download.switches.length, 'switch').replace('switchs', 'switches'), 'warn') : badge('whole', 'good')]]));
    },

    mirrors() {
      const mirrors = state.mirrors;
      const next = mirrors.list.find(mirror => mirror.next);
      text(byId('next-mirror'), (next ? 'The next package is asked of ' + next.url + '. ' : '') + mirrors.why
        + (mirrors.all > mirrors.list.length ? ' The best ' + mirrors.list.length + ' of ' + mirrors.all + ' are listed.' : ''));
      keyed(byId('mirror-rows'), mirrors.list, mirror => mirror.id, mirrorRow);
      drawCurves();
    },

    cache() {
      const cache = state.cache;
      byId('cache-words').replaceChildren(many(cache.files, 'file') + ', ' + bytes(cache.bytes)
        + (cache.limit_bytes ? ' of ' + bytes(cache.limit_bytes) : '')
        + (cache.usable_bytes !== undefined ? '; ' + bytes(cache.usable_bytes) + ' free on the disk' : '')
        + (cache.counted ? ', counted ' : ', not yet counted'), cache.counted ? when(cache.counted) : '');
      keyed(byId('repositories'), cache.repositories, repository => repository.path, (repository, former) => row(former, [
        [repository.path === '…' ? 'others' : button(repository.path || '/', 'Browse ' + (repository.path || '/'), () => browse(repository.path)), 'name'],
        [repository.files.toLocaleString('en'), 'number'], [bytes(repository.bytes), 'number']]));
    },

    traffic() {
      const traffic = state.traffic;
      const tiles = [
        ['Hit ratio', traffic.hit_ratio === undefined ? '–' : (100 * traffic.hit_ratio).toFixed(1) + ' %'],
        ['Saved', bytes(traffic.saved_bytes)], ['Downloaded for clients', bytes(traffic.downloaded_bytes)],
        ['Requests', (traffic.hits + traffic.misses).toLocaleString('en')], ['Without a file', traffic.failed.toLocaleString('en')]];
      keyed(byId('tiles'), tiles, tile => tile[0], tile => el('div', {}, el('dt', {}, tile[0]), el('dd', {}, tile[1])));
    },

    databases() {
      byId('no-databases').hidden = state.databases.length > 0;
      keyed(byId('database-rows'), state.databases, database => database.path, (database, former) => row(former, [
        [database.path, 'name'], [when(database.modified), 'nowrap'], [when(database.confirmed), 'nowrap'], [database.source ? bare(database.source) : '–', 'name'],
        [el('span', {}, database.checking ? badge('being checked', '') : database.stale ? badge('stale', 'bad') : badge('fresh', 'good'), ' ',
          database.signed ? badge('signed', 'good') : badge('not signed', ''))]], {key: 'database', make: () => [
        button('Check', 'Check ' + database.path + ' now', () =>
          order('/api/v1/check', {database: database.path}, database.path + ' was checked.')),
        button('Evict', 'Evict ' + database.path, async () => {
          if (await sure('Forget ' + database.path + '? The next client gets it from a mirror, even if that has an older one.')) {
            order('/api/v1/evict', {database: database.path}, database.path + ' is gone.');
          }
        })]}));
    },

    work() {
      const names = {sweep: 'Sweep', scrub: 'Scrub', prefetch: 'Prefetch', mirror_test: 'Mirror test'};
      keyed(byId('work-rows'), state.work, work => work.name, (work, former) => row(former, [
        [names[work.name] || work.name, 'nowrap'], [work.running ? badge('running', 'good') : when(work.last), 'nowrap'],
        [when(work.next), 'nowrap'], [work.result || '–']]));
      const test = state.work.find(work => work.name === 'mirror_test');
      byId('test-mirrors').disabled = Boolean(test && test.running);
    },

    settings() {
      const settings = state.settings;
      byId('settings-words').replaceChildren(...[
        settings.loaded_at ? 'Read ' : '', settings.loaded_at ? when(settings.loaded_at) : '',
        settings.in_force ? '; all that is written down is in force.' : '',
        settings.mistakes ? '; what was written since has ' + many(settings.mistakes, 'mistake') + ', and does not count.' : '',
        settings.after_restart.length ? ' These take effect after a restart: ' + settings.after_restart.join(', ') + '.' : '']);
      if (byId('all-settings').open) loadSettings();
    },
  };

  const MIRROR_STATES = {
    used: ['in use', 'good'], on_trial: ['on trial', 'warn'], left_alone: ['left alone after a failure', 'bad'],
    wants_rest: ['wants rest', 'warn'], rested: ['at rest', 'warn'], banned: ['banned', 'bad'],
  };

  function mirrorRow(mirror, former) {
    const [words, kind] = MIRROR_STATES[mirror.state] || [mirror.state, ''];
    const failures = Object.entries(mirror.failures).map(([name, count]) => count + ' ' + name.replaceAll('_', ' ')).join(', ');
    const steered = mirror.pinned || mirror.state === 'rested' || mirror.state === 'banned';
    const say = (path, done, more) => order('/api/v1/mirrors/' + path, {mirror: mirror.id, ...more}, mirror.url + ' ' + done);
    return row(former, [
      [String(mirror.rank), 'number'], [bare(mirror.url), 'name'],
      [el('span', {}, badge(words, kind), ' ', mirror.pinned ? badge('pinned', 'good') : '', ' ', mirror.next ? badge('next', 'good') : '', ' ',
        mirror.behind ? badge('behind', 'warn') : '', mirror.until ? el('span', {}, ' again ', when(mirror.until)) : '')],
      [mirror.latency_ms === undefined ? '–' : mirror.latency_ms + ' ms', 'number'], [speed(mirror.bytes_per_second), 'number'],
      [curve(mirror), ''], [mirror.transfers.toLocaleString('en') + (mirror.in_use ? ' (' + mirror.in_use + ' now)' : ''), 'number'],
      [failures || '–']], {key: String(steered), make: () => steered
      ? [button('Release', 'Release ' + mirror.url, () => say('release', 'is asked as all others are.'))]
      : [button('Pin', 'Pin ' + mirror.url, () => say('pin', 'is asked first.')),
        button('Rest', 'Let ' + mirror.url + ' rest for an hour', () => say('rest', 'rests for an hour.', {minutes: 60})),
        button('Ban', 'Ban ' + mirror.url, async () => {
          if (await sure('Ask ' + mirror.url + ' no more?')) say('ban', 'is not asked any more.');
        })]});
  }

  /** Fetches what only those who may steer are shown; null if the reader may not. */
  async function inConfidence(path, words) {
    try {
      const response = await fetch(context + path, {headers: token ? {Authorization: 'Bearer ' + token} : {}});
      if (response.ok) return await response.json();
      text(byId(words), 'Only those who may steer see this. Enter the admin token below.');
    } catch (e) {
      text(byId(words), 'Flexo did not answer.');
    }
    return null;
  }

  async function loadClients() {
    const answer = await inConfidence('/api/v1/clients', 'clients-words');
    if (!answer) return;
    text(byId('clients-words'), answer.clients.length ? 'Since the start, what was sent most first:' : 'None yet, or client_figures is off.');
    keyed(byId('client-rows'), answer.clients, client => client.address, (client, former) => row(former, [
      [client.address, 'name'], [client.requests.toLocaleString('en'), 'number'], [bytes(client.bytes), 'number'],
      [when(client.last_request), 'nowrap'], [when(client.last_sync), 'nowrap']]));
  }

  async function loadSettings() {
    const settings = await inConfidence('/api/v1/settings', 'settings-from');
    if (settings) {
      text(byId('settings-from'), 'Read from ' + settings.sources);
      keyed(byId('mistakes'), settings.mistakes, mistake => mistake, mistake => el('li', {}, mistake));
      keyed(byId('setting-rows'), settings.values, setting => setting.name, (setting, former) => row(former, [
        [setting.name, 'name'], [setting.value === undefined ? 'not set' : setting.value, 'name'], [setting.source || '–']]));
    }
  }

  byId('clients-part').addEventListener('toggle', () => {
    if (byId('clients-part').open) loadClients();
  });

  byId('all-settings').addEventListener('toggle', () => {
    if (byId('all-settings').open) loadSettings();
  });

  // Curves and plots.

  function svg(tag, attributes, ...children) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    node.append(...children);
    return node;
  }

  function curve(mirror) {
    return el('div', {class: 'curve', 'data-curve': mirror.id, role: 'img', 'aria-label': 'Speed while this page was open'});
  }

  function drawCurves() {
    document.querySelectorAll('[data-curve]').forEach(place => {
      const points = curves.get(place.dataset.curve) || [];
      const most = Math.max(1, ...points);
      const line = points.map((value, index) => (100 * index / (CURVE_POINTS - 1)).toFixed(1) + ',' + (19 - 18 * value / most).toFixed(1)).join(' ');
      place.replaceChildren(svg('svg', {viewBox: '0 0 100 20', preserveAspectRatio: 'none', height: '24', 'aria-hidden': 'true'},
        svg('polyline', {points: line})));
    });
  }

  /** One more point for each mirror; those that are gone are forgotten. */
  function followCurves() {
    const list = (state.mirrors || {list: []}).list;
    [...curves.keys()].filter(id => !list.some(mirror => mirror.id === id)).forEach(id => curves.delete(id));
    list.forEach(mirror => curves.set(mirror.id, [...(curves.get(mirror.id) || []), mirror.bytes_per_second].slice(-CURVE_POINTS)));
  }

  let history = null;

  async function loadHistory() {
    try {
      const response = await fetch(context + '/api/v1/history');
      if (response.ok) {
        history = await response.json();
        drawPlot();
      }
    } catch (e) {
      // It is said already that the connection is lost; the plot stays as it was.
    }
  }

  const chosen = name => document.querySelector('input[name=' + name + ']:checked').value;

  function drawPlot() {
    if (!history) return;
    const series = history[chosen('span')];
    const inBytes = chosen('unit') === 'bytes';
    const format = inBytes ? bytes : number => many(number, 'request');
    const end = Math.floor(Date.now() / 1000 / series.step_seconds) * series.step_seconds;
    const count = {hour: 60, day: 96, month: 124}[chosen('span')];
    const points = series.points.filter(point => point.from > end - count * series.step_seconds).map(point => ({
      place: count - 1 - (end - point.from) / series.step_seconds, from: point.from,
      hit: inBytes ? point.saved_bytes : point.hits, miss: inBytes ? point.downloaded_bytes : point.misses}));
    const most = Math.max(1, ...points.map(point => point.hit + point.miss));
    const height = value => 100 * value / most;
    const bars = points.flatMap(point => [['hit', height(point.hit), 0], ['miss', height(point.miss), height(point.hit)]]
      .filter(([, size]) => size > 0).map(([kind, size, below]) => svg('rect', {
        class: kind, x: point.place + .1, width: .8, y: 100 - below - size, height: size}, svg('title', {},
        new Date(point.from * 1000).toLocaleString() + ': ' + format(point.hit) + ' from the cache, ' + format(point.miss) + ' downloaded'))));
    byId('plot').replaceChildren(svg('svg', {viewBox: '0 0 ' + count + ' 100', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, ...bars));
    const sum = kind => points.reduce((all, point) => all + point[kind], 0);
    const words = 'Last ' + chosen('span') + ': ' + format(sum('hit')) + ' from the cache, ' + format(sum('miss')) + ' downloaded';
    byId('plot').setAttribute('aria-label', words);
    text(byId('plot-words'), words);
    text(byId('plot-title'), inBytes ? 'Bytes to clients' : 'Requests');
    text(byId('plot-from'), span(count * series.step_seconds) + ' ago');
    text(byId('plot-most'), points.length ? 'at most ' + format(most) + ' in ' + span(series.step_seconds) : '');
  }

  document.querySelectorAll('input[type=radio]').forEach(choice => choice.addEventListener('change', drawPlot));

  // Search and browse.

  let place = {};

  async function list(parameters, more) {
    place = parameters;
    let found;
    try {
      const response = await fetch(address('/api/v1/files', parameters));
      if (!response.ok) {
        text(byId('place'), (await response.text()).trim());
        return;
      }
      found = await response.json();
    } catch (e) {
      text(byId('place'), 'Flexo did not answer.');
      return;
    }
    byId('files-part').hidden = false;
    byId('more-files').hidden = !(found.more && parameters.text === undefined);
    text(byId('place'), (parameters.text !== undefined ? 'Files with "' + parameters.text + '" in their names: ' : 'In /' + (parameters.directory || '') + ': ')
      + (found.directories.length ? found.directories.length + ' directories, ' : '') + many(found.files.length, 'file')
      + (found.more ? ', and more' : ''));
    const above = (parameters.directory || '').split('/').slice(0, -1).join('/');
    const rows = [
      ...(parameters.directory && !more ? [directoryRow('..', above)] : []),
      ...found.directories.map(name => directoryRow(name, (parameters.directory ? parameters.directory + '/' : '') + name)),
      ...found.files.map(fileRow)];
    if (more) byId('files').append(...rows);
    else byId('files').replaceChildren(...rows);
    while (byId('files').children.length > 2000) byId('files').firstChild.remove();
  }

  function directoryRow(name, directory) {
    return el('tr', {}, el('td', {class: 'name', colspan: '6'}, button(name + '/', 'Browse ' + (directory || '/'), () => browse(directory))));
  }

  function fileRow(file) {
    const line = row(null, [
      [file.path, 'name'], [file.version || '–', 'name'], [bytes(file.bytes), 'number'], [when(file.last_use), 'nowrap'],
      [file.verified ? badge('verified', 'good') : badge('not yet', '')]], {key: 'file', make: () => [
      button('Evict', 'Evict ' + file.path, async () => {
        if (await sure('Remove ' + file.path + ' from the cache?')) {
          const parameters = /\.(db|files)(\.tar(\.\w+)?)?$/.test(file.path) ? {database: file.path} : {path: file.path};
          if (await order('/api/v1/evict', parameters, file.path + ' is gone.')) line.remove();
        }
      })]});
    return line;
  }

  const browse = directory => list(directory ? {directory} : {}, false);

  byId('search').addEventListener('submit', event => {
    event.preventDefault();
    const wanted = byId('search-text').value.trim();
    list(wanted ? {text: wanted} : {}, false);
  });

  byId('more-files').addEventListener('click', () => {
    const last = [...byId('files').querySelectorAll('tr')].pop();
    list({...place, after: last.firstChild.textContent.split('/').pop()}, true);
  });

  // Orders that concern all.

  const sweepWords = report => many(report.removed.files, 'file') + ', ' + bytes(report.removed.bytes);

  byId('dry-run').addEventListener('click', async () => {
    try {
      const response = await fetch(context + '/api/v1/sweep', {headers: {Accept: 'application/json'}});
      const report = await response.json();
      const reasons = Object.entries(report.removedFor).filter(([, count]) => count.files > 0)
        .map(([reason, count]) => count.files + ' for ' + reason.replaceAll('_', ' '));
      text(byId('sweep-words'), 'A sweep would remove ' + sweepWords(report) + (reasons.length ? ' (' + reasons.join(', ') + ')' : '') + '.');
    } catch (e) {
      text(byId('sweep-words'), 'Flexo did not answer.');
    }
  });

  byId('sweep').addEventListener('click', async () => {
    const report = await order('/api/v1/sweep', {}, 'The sweep is done.');
    if (report) text(byId('sweep-words'), 'The sweep has removed ' + sweepWords(report) + '.');
  });

  byId('test-mirrors').addEventListener('click', () => order('/api/v1/mirror-test', {}, 'Mirrors are being tested.'));
  byId('reload').addEventListener('click', () => order('/api/v1/reload', {}, 'The settings were read again.'));
  byId('drain').addEventListener('click', () => state.node.drained
    ? order('/api/v1/resume', {}, 'Clients are sent here again.')
    : order('/api/v1/drain', {}, 'This node is not ready any more; what is on its way goes on.'));
  byId('prefetch').addEventListener('submit', async event => {
    event.preventDefault();
    const answer = await order('/api/v1/prefetch', {dependencies: byId('prefetch-dependencies').checked}, 'It is being fetched.',
      byId('prefetch-names').value);
    if (answer) {
      tell([[answer.fetching, 'being fetched'], [answer.present, 'cached already'], [answer.too_large, 'too large'], [answer.unknown, 'unknown']]
        .filter(([names]) => names.length).map(([names, words]) => names.length + ' ' + words).join(', ') || 'There is nothing to fetch.');
    }
  });

  document.querySelectorAll('.copy').forEach(line => {
    const words = line.querySelector('pre').textContent;
    line.append(button('Copy', 'Copy the line ' + words.split(' ')[0], async () => {
      try {
        await navigator.clipboard.writeText(words);
        tell('Copied.');
      } catch (e) {
        getSelection().selectAllChildren(line.querySelector('pre'));
        tell('Selected; your browser lets you copy it by keyboard.');
      }
    }));
  });

  // The connection.

  const SILENCE_MOST = 6000;
  let events = null;
  let lastEvent = 0;
  let pause = 1000;
  let retry = 0;

  function connection(words, kind) {
    text(byId('connection'), words);
    byId('connection').className = 'badge ' + kind;
    document.body.classList.toggle('lost', kind === 'bad');
  }

  function connect() {
    clearTimeout(retry);
    if (events) events.close();
    lastEvent = Date.now();
    events = new EventSource(context + '/api/v1/events');
    events.onmessage = event => {
      lastEvent = Date.now();
      pause = 1000;
      connection('live', 'good');
      const changed = JSON.parse(event.data);
      Object.assign(state, changed);
      followCurves();
      Object.keys(show).filter(name => name in changed).forEach(name => show[name]());
      if (state.summary && !('summary' in changed)) show.summary();
      if (!('mirrors' in changed)) drawCurves();
    };
    events.onerror = lost;
  }

  function lost() {
    if (events) events.close();
    events = null;
    connection('connection lost, trying again', 'bad');
    clearTimeout(retry);
    retry = setTimeout(connect, pause);
    pause = Math.min(10000, pause * 2);
  }

  setInterval(() => {
    if (events && Date.now() - lastEvent > SILENCE_MOST) lost();
  }, 1000);
  setInterval(() => {
    if (document.hidden) return;
    loadHistory();
    if (byId('clients-part').open) loadClients();
  }, 60000);

  // Nothing is made for a page that nobody sees.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(retry);
      if (events) events.close();
      events = null;
      connection('paused', '');
    } else {
      connect();
      loadHistory();
    }
  });

  connect();
  loadHistory();
})();
