import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import '../../src/figures/kit/figures.css'
import './style.css'

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 2000 } } })
const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>,
  )
