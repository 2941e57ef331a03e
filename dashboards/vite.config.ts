import { defineConfig } from 'vite';

// The pages and the API come from the same head; while developing, `npm run dev` serves the pages and asks a head on the usual port.
export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: '../artifacts/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rollupOptions: { output: { manualChunks: { charts: ['echarts/core', 'echarts/charts', 'echarts/components', 'echarts/renderers'] } } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7071', '/openapi': 'http://127.0.0.1:7071' } },
});
