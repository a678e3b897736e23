namespace Sluice.Documentation;

/// <summary>Search, and moving about in drawings. Without it every page still says all that it has to say.</summary>
internal static class SiteScript
{
    public static string Text => $"// {SiteWriter.Mark}\n{Source.ReplaceLineEndings("\n")}";

    private const string Source = """
        'use strict';
        const top_ = document.documentElement.dataset.top;
        const input = document.getElementById('search');
        const list = document.getElementById('found');
        const most = 30;
        let at = -1;

        const rank = (name, word) => {
          const [low, own] = [name.toLowerCase(), name.toLowerCase().split('.').pop()];
          return own === word ? 0 : own.startsWith(word) ? 1 : own.includes(word) ? 2 : low.includes(word) ? 3 : -1;
        };
        const order = { table: 0, view: 1, enum: 2, column: 3 };
        const find = word => sluiceNames
          .map((entry, i) => [rank(entry[0], word), order[entry[1]], i])
          .filter(([r]) => r >= 0)
          .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
          .slice(0, most)
          .map(([, , i]) => sluiceNames[i]);

        const choose = i => {
          const options = [...list.children];
          at = options.length === 0 ? -1 : (i + options.length) % options.length;
          options.forEach((o, n) => o.setAttribute('aria-selected', n === at));
          if (at >= 0) {
            input.setAttribute('aria-activedescendant', options[at].id);
            options[at].scrollIntoView({ block: 'nearest' });
          } else {
            input.removeAttribute('aria-activedescendant');
          }
        };
        const show = () => {
          const word = input.value.trim().toLowerCase();
          const found = word === '' ? [] : find(word);
          list.replaceChildren(...found.map(([name, kind, address], i) => {
            const [option, link, small] = ['li', 'a', 'small'].map(n => document.createElement(n));
            option.id = `found-${i}`;
            option.setAttribute('role', 'option');
            link.href = top_ + address;
            link.tabIndex = -1;
            link.textContent = name;
            small.textContent = kind;
            link.append(small);
            option.append(link);
            return option;
          }));
          list.hidden = found.length === 0;
          input.setAttribute('aria-expanded', String(found.length > 0));
          choose(0);
        };
        const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); };
        document.querySelector('search').hidden = false;
        input.addEventListener('input', show);
        input.addEventListener('keydown', event => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step) { choose(at + step); event.preventDefault(); }
          if (event.key === 'Enter' && !list.hidden && at >= 0) { list.children[at].firstChild.click(); close(); }
          if (event.key === 'Escape') { input.value = ''; show(); }
        });
        document.addEventListener('click', event => { if (!event.target.closest('search')) close(); });
        document.addEventListener('keydown', event => {
          if (event.key === '/' && !event.target.closest('input')) { input.focus(); event.preventDefault(); }
        });

        for (const tools of document.querySelectorAll('.tools')) tools.hidden = false;
        for (const frame of document.querySelectorAll('.drawing')) {
          const svg = frame.querySelector('svg');
          const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
          let scale = 1;
          const zoom = (to, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
            const next = Math.min(4, Math.max(0.05, to));
            const [left, up] = [(frame.scrollLeft + x) / scale, (frame.scrollTop + y) / scale];
            scale = next;
            svg.setAttribute('width', width * scale);
            svg.setAttribute('height', height * scale);
            frame.scrollLeft = left * scale - x;
            frame.scrollTop = up * scale - y;
          };
          const all = () => zoom(Math.min(1, frame.clientWidth / width, (innerHeight * 0.8) / height));
          for (const button of document.querySelectorAll('.tools button')) {
            const factor = Number(button.dataset.zoom);
            button.addEventListener('click', () => factor === 0 ? all() : zoom(scale * factor));
          }
          frame.addEventListener('wheel', event => {
            if (!event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            const box = frame.getBoundingClientRect();
            zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
          }, { passive: false });
          frame.addEventListener('keydown', event => {
            const factor = { '+': 1.25, '=': 1.25, '-': 0.8 }[event.key];
            if (factor) zoom(scale * factor);
            if (event.key === '0') all();
          });
          frame.addEventListener('pointerdown', event => {
            if (event.button !== 0 || event.pointerType === 'touch' || event.target.closest('a')) return;
            frame.classList.add('moving');
            frame.setPointerCapture(event.pointerId);
          });
          frame.addEventListener('pointermove', event => {
            if (!frame.classList.contains('moving')) return;
            frame.scrollLeft -= event.movementX;
            frame.scrollTop -= event.movementY;
          });
          for (const end of ['pointerup', 'pointercancel']) frame.addEventListener(end, () => frame.classList.remove('moving'));

          const light = name => {
            for (const edge of svg.querySelectorAll('.edge')) {
              edge.classList.toggle('lit', name !== null && (edge.dataset.from === name || edge.dataset.to === name));
            }
          };
          let kept = null;
          for (const box of svg.querySelectorAll('.box.table')) {
            for (const begin of ['pointerenter', 'focusin']) box.addEventListener(begin, () => light(box.dataset.table));
            for (const end of ['pointerleave', 'focusout']) box.addEventListener(end, () => light(kept));
          }
          const go = () => {
            svg.querySelectorAll('.box.lit').forEach(b => b.classList.remove('lit'));
            const box = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
            kept = null;
            if (box !== null && svg.contains(box)) {
              box.classList.add('lit');
              kept = box.dataset.table ?? null;
              box.scrollIntoView({ block: 'center', inline: 'center' });
            }
            light(kept);
          };
          const own = svg.querySelector('.box.focus');
          if (own !== null) {
            const [box, within] = [own.getBoundingClientRect(), frame.getBoundingClientRect()];
            frame.scrollLeft += box.left - within.left - (within.width - box.width) / 2;
            frame.scrollTop += box.top - within.top - (within.height - box.height) / 2;
          }
          addEventListener('hashchange', go);
          go();
        }

        """;
}
