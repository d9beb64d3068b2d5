import { defineConfig } from 'vite';

// Everything is served by songmap itself, from wherever: no absolute path, nothing inlined that the content security
// policy would refuse.
export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
});
