(() => {
  'use strict';
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.getElementById('filters');
  const entries = all('.entry');
  const groups = all('.group');
  const wasOpen = new Map(groups.map((group) => [group, group.open]));
  const text = new Map();
  const textOf = (entry) => {
    if (!text.has(entry)) text.set(entry, `${entry.id} ${entry.textContent}`.toLowerCase());
    return text.get(entry);
  };

  const filter = () => {
    const verdicts = all('[name=verdict]:checked', form).map((box) => box.value);
    const section = form.elements.section.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = verdicts.length > 0 || section !== '' || words.length > 0;
    let shown = 0;
    for (const entry of entries) {
      const fits = (verdicts.length === 0 || verdicts.includes(entry.dataset.verdict))
        && (section === '' || entry.dataset.section === section
          || entry.dataset.section.startsWith(`${section},`))
        && words.every((word) => textOf(entry).includes(word));
      entry.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of groups) {
      const fitting = all('.entry:not([hidden])', group).length;
      group.hidden = fitting === 0;
      group.open = narrowed ? fitting > 0 : wasOpen.get(group);
    }
    document.getElementById('shown').textContent = narrowed
      ? `${shown} of ${entries.length} fit` : `${entries.length} in all`;
    document.getElementById('none').hidden = shown > 0;
  };

  const copied = async (line) => {
    try {
      await navigator.clipboard.writeText(line);
      return true;
    } catch {
      const area = document.createElement('textarea');
      area.value = line;
      area.setAttribute('readonly', '');
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    }
  };

  const openAt = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let up = place; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
    if (place) place.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(filter));
  document.getElementById('open').addEventListener('click', () => {
    const shown = entries.filter((entry) => !entry.hidden && entry.closest('.group').open);
    const open = shown.some((entry) => !entry.open);
    for (const entry of shown) entry.open = open;
  });
  for (const button of all('.copy')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const line = button.closest('.curl').querySelector('code').textContent;
      button.textContent = (await copied(line)) ? 'Copied' : 'Select the line';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }
  addEventListener('hashchange', openAt);
  filter();
  openAt();
})();
