/** VitePress's own theme with the fonts of the user's machine. */
import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h, type VNode } from 'vue';
import './style.css';
import './print.css';

/**
 * The fragment of a picture without motion (tools/site/pictures/stack.svg). The query makes another
 * address, as Chromium draws all fragments of one address from one document, which may then move in
 * both.
 */
const STILL = '?still#still';

/**
 * The picture beside the headline, moving and still: style.css shows one of them, as browsers do
 * not pass the preference for reduced motion to an image.
 */
function renderHeroPicture(): VNode | undefined {
  const { src, alt } = useData().frontmatter.value.hero?.picture ?? {};
  if (src === undefined) return undefined;
  return h('div', { class: 'hero-picture' }, [
    h('img', { class: 'moving', src: withBase(src), alt }),
    h('img', { class: 'still', src: withBase(src) + STILL, alt, loading: 'lazy' }),
  ]);
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-image': () => h(renderHeroPicture) }),
};
