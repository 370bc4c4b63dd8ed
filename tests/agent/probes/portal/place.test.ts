import t from 'tap'
import { hasGlobalV6, isDenied, placeOf, type OwnAddress, type Place } from '../../../../agent/probes/portal/place.ts'

const own: readonly OwnAddress[] = [
  { address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true },
  { address: '10.20.1.5', cidr: '10.20.1.5/24', internal: false },
  { address: '202.117.80.10', cidr: '202.117.80.10/26', internal: false },
  { address: '2001:da8:2::5', cidr: '2001:da8:2::5/64', internal: false },
  { address: 'fe80::1', cidr: 'fe80::1/64', internal: false },
  { address: '172.31.9.9', cidr: null, internal: false },
  { address: '10.9.9.9', cidr: '10.9.9.9/0', internal: false }
]

void t.test('the place of an address is measured, not said', t => {
  const table: [string, Place][] = [
    ['127.0.0.1', 'self'],
    ['127.8.8.8', 'self'],
    ['0.0.0.0', 'self'],
    ['::1', 'self'],
    ['::', 'self'],
    ['::ffff:127.0.0.1', 'self'],
    ['10.20.1.5', 'self'],
    ['::ffff:10.20.1.5', 'self'],
    ['2001:da8:2:0::5', 'self'],
    ['172.31.9.9', 'self'],
    ['10.20.1.77', 'on_site'],
    ['::ffff:10.20.1.77', 'on_site'],
    ['202.117.80.60', 'on_site'],
    ['2001:da8:2::99', 'on_site'],
    ['169.254.3.4', 'on_site'],
    ['fe80::abcd', 'on_site'],
    ['fe80::abcd%eth0', 'on_site'],
    ['10.20.2.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.255.1', 'private'],
    ['100.64.0.1', 'private'],
    ['100.127.255.254', 'private'],
    ['198.18.0.1', 'private'],
    ['198.19.255.1', 'private'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['::ffff:192.168.0.1', 'private'],
    ['64:ff9b::c0a8:1', 'private'],
    ['203.0.113.7', 'private'],
    ['2001:db8::1', 'private'],
    ['224.0.0.1', 'private'],
    ['255.255.255.255', 'private'],
    ['100.128.0.1', 'off_site'],
    ['172.32.0.1', 'off_site'],
    ['198.20.0.1', 'off_site'],
    ['202.117.80.64', 'off_site'],
    ['223.5.5.5', 'off_site'],
    ['::ffff:223.5.5.5', 'off_site'],
    ['64:ff9b::df05:505', 'off_site'],
    ['2001:da8:3::1', 'off_site'],
    ['2400:3200::1', 'off_site']
  ]
  for (const [address, place] of table) t.equal(placeOf(address, own), place, `${address} is ${place}`)
  t.end()
})

void t.test('metadata services and link-local addresses are denied, in every way of writing them', t => {
  for (const address of [
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    'fe80::1',
    'febf::1%eth0',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    'fd00:ec2::254',
    'fd00:0ec2:0:0::254'
  ])
    t.ok(isDenied(address), address)
  for (const address of ['100.100.100.201', 'fd00:ec2::255', 'fec0::1', '169.253.1.1', '127.0.0.1'])
    t.notOk(isDenied(address), address)
  t.end()
})

void t.test('only a global IPv6 address makes the system prefer IPv6', t => {
  t.ok(hasGlobalV6(own))
  for (const address of ['::1', 'fe80::1', 'fd00::2', '2002:c000:204::1', '10.0.0.1'])
    t.notOk(hasGlobalV6([{ address, cidr: null, internal: false }]), address)
  t.end()
})
