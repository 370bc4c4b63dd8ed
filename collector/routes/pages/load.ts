import { standings } from '../../sinks/standing.ts'
import type { StoreReads } from '../../store/store.ts'
import { cityLoader } from './load/city.ts'
import { packReader } from './load/packs.ts'
import { schoolLoader } from './load/school.ts'
import type { AgentReads } from './model/agents.ts'
import { newestRecords } from './model/attention.ts'

/** What the pages read from the store: every list once a request. Packs are parsed once for each text. */
export const openLoader = (store: StoreReads) => {
  const packs = packReader()

  const agents = async (nowMs: number): Promise<AgentReads> => {
    const [rows, schools, devices, gaps, rejected, sinks] = await Promise.all([
      store.agents(),
      store.schools(),
      store.devices(),
      store.gaps(undefined, newestRecords),
      store.rejected(newestRecords),
      standings(store, nowMs)
    ])
    return { agents: rows, schools, devices, gaps, rejected, sinks }
  }

  return { ...cityLoader(store, packs), school: schoolLoader(store, packs), agents }
}
