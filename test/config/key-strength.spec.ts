import { randomBytes, randomUUID } from 'node:crypto';
import { guessBits, LEAST_BITS } from '../../src/key-strength';

test.each([
  ['one character', 'k'.repeat(64)],
  ['two by turns', 'ab'.repeat(32)],
  ['a run, twice', 'pk_test_0123456789abcdef0123456789abcdef'],
  ['digits alone', '48215907362915804736259184703625'],
  ['days', '20261201-20261202-20261203-20261204'],
  ['a word, over and over', 'password'.repeat(5)],
  ['words with signs for letters', 'P@ssw0rd-Adm1n-S3cret-Ch4ngeme-123456'],
  ['words of a language', 'correcthorsebatterystaplesomewhere'],
  ['what the keyboard gives', 'qwertyuiopasdfghjklzxcvbnm1234567890'],
  ['half a random key, twice', '8f3a61c4d27b90e58f3a61c4d27b90e5'],
  ['a phone number after a name', 'piaoka_admin_key_13812345678_138123'],
])('%s is easy to guess', (_what, key) => {
  expect(key.length).toBeGreaterThanOrEqual(32);
  expect(guessBits(key)).toBeLessThan(LEAST_BITS);
});

test.each([
  ['openssl rand -hex 24, with a name', () => `pk_admin_${randomBytes(24).toString('hex')}`],
  ['openssl rand -hex 24', () => randomBytes(24).toString('hex')],
  ['openssl rand -base64 32', () => randomBytes(32).toString('base64')],
  ['base64url of 24 bytes', () => randomBytes(24).toString('base64url')],
  ['two UUIDs', () => `${randomUUID()}${randomUUID()}`],
])('what is made by chance is taken: %s', (_what, make) => {
  const weak = Array.from({ length: 2000 }, make).filter((key) => guessBits(key) < LEAST_BITS);
  expect(weak).toEqual([]);
});

test('nor is 16 bytes in hexadecimal but for a very rare one', () => {
  const keys = Array.from({ length: 2000 }, () => randomBytes(16).toString('hex'));
  expect(keys.filter((key) => guessBits(key) < LEAST_BITS).length).toBeLessThan(20);
});
