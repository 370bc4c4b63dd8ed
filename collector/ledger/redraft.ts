import type { Store } from '../store/store.ts'
import { draftChecks, type CheckTemplate } from './checks.ts'

/** Makes the checks of all devices and uplinks of the stored ledger the current ones: at start, and whenever the ledger changed. */
export const redraftChecks = async (
  store: Pick<Store, 'devices' | 'uplinks' | 'putChecks'>,
  templates: readonly CheckTemplate[],
  nowMs: number
): Promise<void> => store.putChecks(draftChecks(await store.devices(), templates, await store.uplinks()), nowMs)
