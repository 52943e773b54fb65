import { dataSourceFor } from './src/data/data-source';

/** For TypeORM's command line: `typeorm migration:show -d dist/ormconfig.js`. The service builds its own from its config. */
export default dataSourceFor(process.env.DATABASE_URL ?? 'postgres://localhost/piaoka');
