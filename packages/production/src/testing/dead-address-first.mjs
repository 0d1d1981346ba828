/** Preloaded into a process: the name `two.test` has addresses that do not respond before the one that does. */
import dns from 'node:dns';

const lookup = dns.lookup;
// Nothing listens at the first one; packets to the second one are lost (RFC 5737).
const addresses = ['127.0.0.2', '192.0.2.1', '127.0.0.1'].map((address) => ({
  address,
  family: 4,
}));

dns.lookup = (name, options, callback) => {
  if (name !== 'two.test') return lookup(name, options, callback);
  if (options.all) return process.nextTick(callback, null, addresses);
  return process.nextTick(callback, null, addresses[0].address, 4);
};
