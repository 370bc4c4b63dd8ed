import type { Machine } from '../../contract/enrolment.ts'
import type { DeviceRow } from './ledger.ts'

/** The ledger device a machine is: by serial number, else by MAC, else by host name. Undefined when none or more than one fits: a person decides then. */
export const matchDevice = (devices: readonly DeviceRow[], machine: Machine): DeviceRow | undefined => {
  const ways: readonly ((device: DeviceRow) => boolean)[] = [
    device => device.serial !== undefined && device.serial === machine.serial,
    device => device.macs.some(mac => machine.macs.includes(mac)),
    device => device.hostname !== undefined && device.hostname.toLowerCase() === machine.hostname.toLowerCase()
  ]
  for (const fits of ways) {
    const found = devices.filter(fits)
    if (found.length > 0) return found.length === 1 ? found[0] : undefined
  }
  return undefined
}
