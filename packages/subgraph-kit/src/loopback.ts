const LOOPBACK =
  /^(?:(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?|::1|::ffff:127(?:\.\d{1,3}){3})$/i;

/** Whether `host` is the loopback interface: a host name with or without a port, or an IP address. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
