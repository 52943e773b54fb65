import { Config } from './config';
import { hostsOf } from './database-hosts';

/**
 * What of its surroundings keeps the service from starting, in a line of its own with the setting that mends it. Null:
 * something else, which is for a developer to read.
 */
export function startFault(error: unknown, config: Config): string | null {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const line = (setting: string, zh: string, en: string) => `${setting}: ${zh} ${en}`;
  const where = placeOf(config.DATABASE_URL);
  switch (code) {
    case 'EADDRINUSE':
      return line(
        'PORT',
        `端口 ${config.PORT} 已被占用。`,
        `port ${config.PORT} is taken on ${config.HOST}; choose another`,
      );
    case 'EACCES':
      return line(
        'PORT',
        `无权使用端口 ${config.PORT}。`,
        `port ${config.PORT} needs privileges; choose one above 1023`,
      );
    case 'EADDRNOTAVAIL':
      return line('HOST', `本机没有地址 ${config.HOST}。`, `this machine has no address ${config.HOST}`);
    case '28P01':
    case '28000':
      return line(
        'DATABASE_URL',
        `${where} 拒绝登录：用户名或密码不对，或 pg_hba.conf 不允许。`,
        `${where} refuses the login (${message})`,
      );
    case '3D000':
      return line('DATABASE_URL', '数据库不存在，请先创建。', `${message}; create it first`);
    case '42501':
      return line('DATABASE_URL', '数据库用户权限不足。', `the database user lacks a privilege (${message})`);
    case '25006':
      return line('DATABASE_URL', `${where} 只读（备库？）。`, `${where} takes no writes; name the primary`);
    case '53300':
      return line('DATABASE_URL', `${where} 的连接数已满。`, `${where} has no connection left (max_connections)`);
    case '57P03':
      return line('DATABASE_URL', `${where} 正在启动或恢复，请稍候再试。`, `${where} is still starting; try again`);
  }
  if (!unreachable(code, message)) return null;
  return line(
    'DATABASE_URL',
    `无法连接数据库 ${where}。`,
    `the database at ${where} cannot be reached (${code || message})`,
  );
}

function unreachable(code: string, message: string): boolean {
  return (
    /^(ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|08)/.test(code) ||
    // TLS: its codes are words, and node-postgres has none for a server that does not speak it.
    /CERT|SELF_SIGNED|TLS/.test(code) ||
    /SSL|timeout expired|Connection terminated/.test(message)
  );
}

/** Host and port, never user or password. */
function placeOf(url: string | null): string {
  if (!url) return 'PostgreSQL';
  const hosts = hostsOf(url)?.hosts ?? [];
  if (hosts.length > 0) return hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
  const { hostname, port, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? (hostname || 'localhost')}:${port || 5432}`;
}
