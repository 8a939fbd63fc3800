-- A database of release 0.1.0 (commit 011ee70), as pg_dump writes it, without its comments: the tables of Workbench (schema public) and of
-- its job queue (schema hangfire). UpgradeTests migrates it. It was made by running that release on an empty folder:
--   finished  a study of 3 trials, the first one enqueued, with a note and tags, and with notes and tags on a run and on a version;
--             its trial 0 promoted twice: versions 1 (alias champion) and 2 (alias production)
--   failing   its one trial failed, for want of a parameter
--   deleted   deleted, and its removal scheduled
--   warm      learnt from the trials of finished
--   running   3 trials: one complete, one running when its process was killed, its job in the queue, and one enqueued
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA hangfire;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE hangfire.aggregatedcounter (
    id bigint NOT NULL,
    key text NOT NULL,
    value bigint NOT NULL,
    expireat timestamp with time zone
);
CREATE SEQUENCE hangfire.aggregatedcounter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.aggregatedcounter_id_seq OWNED BY hangfire.aggregatedcounter.id;
CREATE TABLE hangfire.counter (
    id bigint NOT NULL,
    key text NOT NULL,
    value bigint NOT NULL,
    expireat timestamp with time zone
);
CREATE SEQUENCE hangfire.counter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.counter_id_seq OWNED BY hangfire.counter.id;
CREATE TABLE hangfire.hash (
    id bigint NOT NULL,
    key text NOT NULL,
    field text NOT NULL,
    value text,
    expireat timestamp with time zone,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.hash_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.hash_id_seq OWNED BY hangfire.hash.id;
CREATE TABLE hangfire.job (
    id bigint NOT NULL,
    stateid bigint,
    statename text,
    invocationdata jsonb NOT NULL,
    arguments jsonb NOT NULL,
    createdat timestamp with time zone NOT NULL,
    expireat timestamp with time zone,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.job_id_seq OWNED BY hangfire.job.id;
CREATE TABLE hangfire.jobparameter (
    id bigint NOT NULL,
    jobid bigint NOT NULL,
    name text NOT NULL,
    value text,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.jobparameter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.jobparameter_id_seq OWNED BY hangfire.jobparameter.id;
CREATE TABLE hangfire.jobqueue (
    id bigint NOT NULL,
    jobid bigint NOT NULL,
    queue text NOT NULL,
    fetchedat timestamp with time zone,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.jobqueue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.jobqueue_id_seq OWNED BY hangfire.jobqueue.id;
CREATE TABLE hangfire.list (
    id bigint NOT NULL,
    key text NOT NULL,
    value text,
    expireat timestamp with time zone,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.list_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.list_id_seq OWNED BY hangfire.list.id;
CREATE TABLE hangfire.lock (
    resource text NOT NULL,
    updatecount integer DEFAULT 0 NOT NULL,
    acquired timestamp with time zone
);
CREATE TABLE hangfire.schema (
    version integer NOT NULL
);
CREATE TABLE hangfire.server (
    id text NOT NULL,
    data jsonb,
    lastheartbeat timestamp with time zone NOT NULL,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE TABLE hangfire.set (
    id bigint NOT NULL,
    key text NOT NULL,
    score double precision NOT NULL,
    value text NOT NULL,
    expireat timestamp with time zone,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.set_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.set_id_seq OWNED BY hangfire.set.id;
CREATE TABLE hangfire.state (
    id bigint NOT NULL,
    jobid bigint NOT NULL,
    name text NOT NULL,
    reason text,
    createdat timestamp with time zone NOT NULL,
    data jsonb,
    updatecount integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE hangfire.state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE hangfire.state_id_seq OWNED BY hangfire.state.id;
CREATE TABLE public."__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL
);
CREATE TABLE public.aliases (
    model_id bigint NOT NULL,
    alias text NOT NULL,
    version integer NOT NULL,
    moved_at timestamp with time zone NOT NULL
);
CREATE TABLE public.enqueued_sets (
    id bigint NOT NULL,
    study_id bigint NOT NULL,
    params jsonb NOT NULL
);
ALTER TABLE public.enqueued_sets ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.enqueued_sets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metrics (
    run_id bigint NOT NULL,
    key text NOT NULL,
    step integer NOT NULL,
    value double precision NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
CREATE TABLE public.models (
    id bigint NOT NULL,
    name text NOT NULL,
    last_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.models ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.models_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.runs (
    id bigint NOT NULL,
    study_id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    number integer,
    state text NOT NULL,
    attempt integer NOT NULL,
    params jsonb,
    value double precision,
    error text,
    activity text,
    slot integer,
    job_id text,
    worker text,
    finished_order integer,
    artifact_prefix text,
    tags jsonb NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    given jsonb,
    note text
);
ALTER TABLE public.runs ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.studies (
    id bigint NOT NULL,
    name text NOT NULL,
    pipeline text NOT NULL,
    dataset text NOT NULL,
    split jsonb NOT NULL,
    metric text NOT NULL,
    direction text NOT NULL,
    search_space json NOT NULL,
    sampler jsonb NOT NULL,
    pruner jsonb NOT NULL,
    seed bigint NOT NULL,
    jobs integer NOT NULL,
    trials_requested integer NOT NULL,
    trials_claimed integer NOT NULL,
    trials_finished integer NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    best_value double precision,
    next_number integer DEFAULT 0 NOT NULL,
    running_since timestamp with time zone DEFAULT now() NOT NULL,
    since_best integer DEFAULT 0 NOT NULL,
    stop_reason text,
    stopping jsonb,
    warm_start text,
    deleted_at timestamp with time zone,
    note text,
    tags jsonb DEFAULT '{}'::jsonb NOT NULL
);
ALTER TABLE public.studies ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studies_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.versions (
    model_id bigint NOT NULL,
    version integer NOT NULL,
    run_id bigint,
    trial integer NOT NULL,
    state text NOT NULL,
    artifact_prefix text NOT NULL,
    sha256 text,
    manifest json,
    size_bytes bigint,
    created_at timestamp with time zone NOT NULL,
    note text,
    tags jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE public.warm_trials (
    study_id bigint NOT NULL,
    number integer NOT NULL,
    trial json NOT NULL
);
ALTER TABLE ONLY hangfire.aggregatedcounter ALTER COLUMN id SET DEFAULT nextval('hangfire.aggregatedcounter_id_seq'::regclass);
ALTER TABLE ONLY hangfire.counter ALTER COLUMN id SET DEFAULT nextval('hangfire.counter_id_seq'::regclass);
ALTER TABLE ONLY hangfire.hash ALTER COLUMN id SET DEFAULT nextval('hangfire.hash_id_seq'::regclass);
ALTER TABLE ONLY hangfire.job ALTER COLUMN id SET DEFAULT nextval('hangfire.job_id_seq'::regclass);
ALTER TABLE ONLY hangfire.jobparameter ALTER COLUMN id SET DEFAULT nextval('hangfire.jobparameter_id_seq'::regclass);
ALTER TABLE ONLY hangfire.jobqueue ALTER COLUMN id SET DEFAULT nextval('hangfire.jobqueue_id_seq'::regclass);
ALTER TABLE ONLY hangfire.list ALTER COLUMN id SET DEFAULT nextval('hangfire.list_id_seq'::regclass);
ALTER TABLE ONLY hangfire.set ALTER COLUMN id SET DEFAULT nextval('hangfire.set_id_seq'::regclass);
ALTER TABLE ONLY hangfire.state ALTER COLUMN id SET DEFAULT nextval('hangfire.state_id_seq'::regclass);
INSERT INTO hangfire.counter VALUES
	(1, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:11.758943+00'),
	(2, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:12.758943+00'),
	(3, 'stats:succeeded', 1, NULL),
	(4, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:14.34895+00'),
	(5, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:15.34895+00'),
	(6, 'stats:succeeded', 1, NULL),
	(7, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:16.073372+00'),
	(8, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:17.073372+00'),
	(9, 'stats:succeeded', 1, NULL),
	(10, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:20.01708+00'),
	(11, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:21.01708+00'),
	(12, 'stats:succeeded', 1, NULL),
	(13, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:23.181387+00'),
	(14, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:24.181387+00'),
	(15, 'stats:succeeded', 1, NULL),
	(16, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:24.313736+00'),
	(17, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:25.313736+00'),
	(18, 'stats:succeeded', 1, NULL),
	(19, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:29.384472+00'),
	(20, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:30.384472+00'),
	(21, 'stats:succeeded', 1, NULL),
	(22, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:31.992247+00'),
	(23, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:32.992247+00'),
	(24, 'stats:succeeded', 1, NULL),
	(25, 'stats:succeeded:2026-11-28', 1, '2026-12-28 16:08:34.058277+00'),
	(26, 'stats:succeeded:2026-11-28-16', 1, '2026-11-29 16:08:35.058277+00'),
	(27, 'stats:succeeded', 1, NULL);
INSERT INTO hangfire.job VALUES
	(1, 4, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"1\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["1", "0", null, null]', '2026-11-28 16:08:05.634419+00', '2026-11-29 16:08:12.758943+00', 0),
	(2, 8, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"1\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["1", "0", null, null]', '2026-11-28 16:08:12.691688+00', '2026-11-29 16:08:15.34895+00', 0),
	(3, 9, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"1\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["1", "0", null, null]', '2026-11-28 16:08:15.227557+00', '2026-11-29 16:08:17.073372+00', 0),
	(4, 12, 'Succeeded', '{"Type": "Workbench.Core.Registry.BuildJob, Workbench.Core", "Method": "Run", "Arguments": "[\"4\",null,null]", "ParameterTypes": "[\"System.Int64\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["4", null, null]', '2026-11-28 16:08:17.782052+00', '2026-11-29 16:08:21.01708+00', 0),
	(5, 15, 'Succeeded', '{"Type": "Workbench.Core.Registry.BuildJob, Workbench.Core", "Method": "Run", "Arguments": "[\"5\",null,null]", "ParameterTypes": "[\"System.Int64\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["5", null, null]', '2026-11-28 16:08:21.134084+00', '2026-11-29 16:08:24.181387+00', 0),
	(6, 18, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"2\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["2", "0", null, null]', '2026-11-28 16:08:25.248456+00', '2026-11-29 16:08:25.313736+00', 0),
	(7, 21, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"3\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["3", "0", null, null]', '2026-11-28 16:08:25.680898+00', '2026-11-29 16:08:30.384472+00', 0),
	(8, 22, 'Scheduled', '{"Type": "Workbench.Core.Studies.PurgeJob, Workbench.Core", "Method": "RunAsync", "Arguments": "[null]", "ParameterTypes": "[\"System.Threading.CancellationToken, mscorlib\"]"}', '[null]', '2026-11-28 16:08:30.560207+00', NULL, 0),
	(9, 25, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"4\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["4", "0", null, null]', '2026-11-28 16:08:30.771963+00', '2026-11-29 16:08:32.992247+00', 0),
	(10, 29, 'Succeeded', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"5\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["5", "0", null, null]', '2026-11-28 16:08:33.164375+00', '2026-11-29 16:08:35.058277+00', 0),
	(11, 30, 'Processing', '{"Type": "Workbench.Core.Studies.TrialJob, Workbench.Core", "Method": "Run", "Arguments": "[\"5\",\"0\",null,null]", "ParameterTypes": "[\"System.Int64\",\"System.Int32\",\"Hangfire.Server.PerformContext, Hangfire.Core\",\"System.Threading.CancellationToken, mscorlib\"]"}', '["5", "0", null, null]', '2026-11-28 16:08:35.031677+00', NULL, 0);
INSERT INTO hangfire.jobparameter VALUES
	(1, 1, 'CurrentCulture', '""', 0),
	(2, 2, 'CurrentCulture', '""', 0),
	(3, 3, 'CurrentCulture', '""', 0),
	(4, 4, 'CurrentCulture', '""', 0),
	(5, 5, 'CurrentCulture', '""', 0),
	(6, 6, 'CurrentCulture', '""', 0),
	(7, 7, 'CurrentCulture', '""', 0),
	(8, 8, 'CurrentCulture', '""', 0),
	(9, 9, 'CurrentCulture', '""', 0),
	(10, 10, 'CurrentCulture', '""', 0),
	(11, 11, 'CurrentCulture', '""', 0);
INSERT INTO hangfire.jobqueue VALUES
	(10, 11, 'trials', '2026-11-28 16:08:35.051976+00', 0);
INSERT INTO hangfire.schema VALUES
	(23);
INSERT INTO hangfire.server VALUES
	('vm:20197:builds:20197:f4405d4d-b9f4-45dc-b62b-1f65eeecfb3b', '{"Queues": ["builds"], "StartedAt": "2026-11-28T16:08:02.2064337Z", "WorkerCount": 1}', '2026-11-28 16:08:32.864711+00', 0),
	('vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f', '{"Queues": ["trials"], "StartedAt": "2026-11-28T16:08:02.243614Z", "WorkerCount": 2}', '2026-11-28 16:08:32.865586+00', 0);
INSERT INTO hangfire.set VALUES
	(1, 'schedule', 1795885770, '8', NULL, 0);
INSERT INTO hangfire.state VALUES
	(1, 1, 'Enqueued', NULL, '2026-11-28 16:08:05.748677+00', '{"Queue": "trials", "EnqueuedAt": "1795882085561"}', 0),
	(2, 1, 'Processing', NULL, '2026-11-28 16:08:06.052155+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "1f2fcaa3-3f32-4945-96e2-4313266055cf", "StartedAt": "1795882085800"}', 0),
	(3, 2, 'Enqueued', NULL, '2026-11-28 16:08:12.719853+00', '{"Queue": "trials", "EnqueuedAt": "1795882092690"}', 0),
	(4, 1, 'Succeeded', NULL, '2026-11-28 16:08:12.763382+00', '{"Latency": "456", "SucceededAt": "1795882092736", "PerformanceDuration": "6645"}', 0),
	(5, 2, 'Processing', NULL, '2026-11-28 16:08:12.815813+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "c8c6405d-1359-409b-bf17-4abc145cba8f", "StartedAt": "1795882092767"}', 0),
	(6, 3, 'Enqueued', NULL, '2026-11-28 16:08:15.257483+00', '{"Queue": "trials", "EnqueuedAt": "1795882095227"}', 0),
	(7, 3, 'Processing', NULL, '2026-11-28 16:08:15.3501+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "1f2fcaa3-3f32-4945-96e2-4313266055cf", "StartedAt": "1795882095323"}', 0),
	(8, 2, 'Succeeded', NULL, '2026-11-28 16:08:15.354948+00', '{"Latency": "162", "SucceededAt": "1795882095307", "PerformanceDuration": "2453"}', 0),
	(9, 3, 'Succeeded', NULL, '2026-11-28 16:08:17.073851+00', '{"Latency": "151", "SucceededAt": "1795882097039", "PerformanceDuration": "1660"}', 0),
	(10, 4, 'Enqueued', NULL, '2026-11-28 16:08:17.807044+00', '{"Queue": "builds", "EnqueuedAt": "1795882097779"}', 0),
	(11, 4, 'Processing', NULL, '2026-11-28 16:08:17.841663+00', '{"ServerId": "vm:20197:builds:20197:f4405d4d-b9f4-45dc-b62b-1f65eeecfb3b", "WorkerId": "64094813-b6e4-4fed-be9c-a2bc6f781fd1", "StartedAt": "1795882097821"}', 0),
	(12, 4, 'Succeeded', NULL, '2026-11-28 16:08:21.017659+00', '{"Latency": "89", "SucceededAt": "1795882101011", "PerformanceDuration": "3140"}', 0),
	(13, 5, 'Enqueued', NULL, '2026-11-28 16:08:21.139456+00', '{"Queue": "builds", "EnqueuedAt": "1795882101133"}', 0),
	(14, 5, 'Processing', NULL, '2026-11-28 16:08:21.180744+00', '{"ServerId": "vm:20197:builds:20197:f4405d4d-b9f4-45dc-b62b-1f65eeecfb3b", "WorkerId": "64094813-b6e4-4fed-be9c-a2bc6f781fd1", "StartedAt": "1795882101175"}', 0),
	(15, 5, 'Succeeded', NULL, '2026-11-28 16:08:24.182189+00', '{"Latency": "51", "SucceededAt": "1795882104177", "PerformanceDuration": "2991"}', 0),
	(16, 6, 'Enqueued', NULL, '2026-11-28 16:08:25.259367+00', '{"Queue": "trials", "EnqueuedAt": "1795882105248"}', 0),
	(17, 6, 'Processing', NULL, '2026-11-28 16:08:25.284011+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "c8c6405d-1359-409b-bf17-4abc145cba8f", "StartedAt": "1795882105271"}', 0),
	(18, 6, 'Succeeded', NULL, '2026-11-28 16:08:25.314105+00', '{"Latency": "44", "SucceededAt": "1795882105311", "PerformanceDuration": "18"}', 0),
	(19, 7, 'Enqueued', NULL, '2026-11-28 16:08:25.698959+00', '{"Queue": "trials", "EnqueuedAt": "1795882105680"}', 0),
	(20, 7, 'Processing', NULL, '2026-11-28 16:08:25.939775+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "1f2fcaa3-3f32-4945-96e2-4313266055cf", "StartedAt": "1795882105808"}', 0),
	(21, 7, 'Succeeded', NULL, '2026-11-28 16:08:30.384825+00', '{"Latency": "310", "SucceededAt": "1795882110355", "PerformanceDuration": "4363"}', 0),
	(22, 8, 'Scheduled', NULL, '2026-11-28 16:08:30.564665+00', '{"EnqueueAt": "1795885770559", "ScheduledAt": "1795882110559"}', 0),
	(23, 9, 'Enqueued', NULL, '2026-11-28 16:08:30.781904+00', '{"Queue": "trials", "EnqueuedAt": "1795882110771"}', 0),
	(24, 9, 'Processing', NULL, '2026-11-28 16:08:30.819438+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "c8c6405d-1359-409b-bf17-4abc145cba8f", "StartedAt": "1795882110799"}', 0),
	(25, 9, 'Succeeded', NULL, '2026-11-28 16:08:32.992897+00', '{"Latency": "49", "SucceededAt": "1795882112988", "PerformanceDuration": "2166"}', 0),
	(26, 10, 'Enqueued', NULL, '2026-11-28 16:08:33.166901+00', '{"Queue": "trials", "EnqueuedAt": "1795882113164"}', 0),
	(27, 10, 'Processing', NULL, '2026-11-28 16:08:33.211277+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "1f2fcaa3-3f32-4945-96e2-4313266055cf", "StartedAt": "1795882113175"}', 0),
	(28, 11, 'Enqueued', NULL, '2026-11-28 16:08:35.047471+00', '{"Queue": "trials", "EnqueuedAt": "1795882115031"}', 0),
	(29, 10, 'Succeeded', NULL, '2026-11-28 16:08:35.058997+00', '{"Latency": "75", "SucceededAt": "1795882115051", "PerformanceDuration": "1811"}', 0),
	(30, 11, 'Processing', NULL, '2026-11-28 16:08:35.077738+00', '{"ServerId": "vm:20197:trials:20197:b48f041f-b23e-4127-a33a-86ba2cd01f7f", "WorkerId": "c8c6405d-1359-409b-bf17-4abc145cba8f", "StartedAt": "1795882115075"}', 0);
INSERT INTO public."__EFMigrationsHistory" VALUES
	('20261124054541_Initial', '10.0.4'),
	('20261124101741_SteeredSearch', '10.0.4'),
	('20261124111202_NotesAndDeletion', '10.0.4');
INSERT INTO public.aliases VALUES
	(1, 'production', 2, '2026-11-28 16:08:24.176062+00'),
	(1, 'champion', 1, '2026-11-28 16:08:24.413437+00');
INSERT INTO public.enqueued_sets VALUES
	(4, 5, '{"epochs": 3, "learning_rate": 0.002}');
INSERT INTO public.metrics VALUES
	(1, 'loss', 1, 0.10374761971722518, '2026-11-28 16:08:12.023314+00'),
	(1, 'accuracy', 1, 0.9694081632653061, '2026-11-28 16:08:12.023314+00'),
	(1, 'val_loss', 1, 0.03914484608064566, '2026-11-28 16:08:12.023314+00'),
	(1, 'val_accuracy', 1, 0.9873809523809524, '2026-11-28 16:08:12.023314+00'),
	(1, 'loss', 2, 0.033985373480438334, '2026-11-28 16:08:12.651302+00'),
	(1, 'accuracy', 2, 0.9897142857142858, '2026-11-28 16:08:12.651302+00'),
	(1, 'val_loss', 2, 0.035725113852142436, '2026-11-28 16:08:12.651302+00'),
	(1, 'val_accuracy', 2, 0.989, '2026-11-28 16:08:12.651302+00'),
	(2, 'loss', 1, 0.14864495370815203, '2026-11-28 16:08:14.450567+00'),
	(2, 'accuracy', 1, 0.9554081632653061, '2026-11-28 16:08:14.450567+00'),
	(2, 'val_loss', 1, 0.04634810585806772, '2026-11-28 16:08:14.450567+00'),
	(2, 'val_accuracy', 1, 0.9863809523809524, '2026-11-28 16:08:14.450567+00'),
	(2, 'loss', 2, 0.03951114666226576, '2026-11-28 16:08:15.134252+00'),
	(2, 'accuracy', 2, 0.9887755102040816, '2026-11-28 16:08:15.134252+00'),
	(2, 'val_loss', 2, 0.04174307238820265, '2026-11-28 16:08:15.134252+00'),
	(2, 'val_accuracy', 2, 0.9876666666666667, '2026-11-28 16:08:15.134252+00'),
	(3, 'loss', 1, 0.22636424372844544, '2026-11-28 16:08:16.379143+00'),
	(3, 'accuracy', 1, 0.9388775510204082, '2026-11-28 16:08:16.379143+00'),
	(3, 'val_loss', 1, 0.05823254953079071, '2026-11-28 16:08:16.379143+00'),
	(3, 'val_accuracy', 1, 0.9835714285714285, '2026-11-28 16:08:16.379143+00'),
	(3, 'loss', 2, 0.052811847429592676, '2026-11-28 16:08:17.004453+00'),
	(3, 'accuracy', 2, 0.9851224489795919, '2026-11-28 16:08:17.004453+00'),
	(3, 'val_loss', 2, 0.05177143345387704, '2026-11-28 16:08:17.004453+00'),
	(3, 'val_accuracy', 2, 0.984904761904762, '2026-11-28 16:08:17.004453+00'),
	(4, 'loss', 1, 0.0841122231731268, '2026-11-28 16:08:19.784738+00'),
	(4, 'accuracy', 1, 0.9751571428571428, '2026-11-28 16:08:19.784738+00'),
	(4, 'loss', 2, 0.030330591231441814, '2026-11-28 16:08:20.711261+00'),
	(4, 'accuracy', 2, 0.9911142857142857, '2026-11-28 16:08:20.711261+00'),
	(5, 'loss', 1, 0.0841122231731268, '2026-11-28 16:08:23.106519+00'),
	(5, 'accuracy', 1, 0.9751571428571428, '2026-11-28 16:08:23.106519+00'),
	(5, 'loss', 2, 0.030330591231441814, '2026-11-28 16:08:24.131356+00'),
	(5, 'accuracy', 2, 0.9911142857142857, '2026-11-28 16:08:24.131356+00'),
	(7, 'loss', 1, 0.19500571354717364, '2026-11-28 16:08:28.66954+00'),
	(7, 'accuracy', 1, 0.940469387755102, '2026-11-28 16:08:28.66954+00'),
	(7, 'val_loss', 1, 0.05081163957208744, '2026-11-28 16:08:28.66954+00'),
	(7, 'val_accuracy', 1, 0.9850952380952381, '2026-11-28 16:08:28.66954+00'),
	(7, 'loss', 2, 0.046214208903359116, '2026-11-28 16:08:30.309665+00'),
	(7, 'accuracy', 2, 0.9874897959183674, '2026-11-28 16:08:30.309665+00'),
	(7, 'val_loss', 2, 0.045516983571098985, '2026-11-28 16:08:30.309665+00'),
	(7, 'val_accuracy', 2, 0.9864285714285714, '2026-11-28 16:08:30.309665+00'),
	(8, 'loss', 1, 0.29398889756770236, '2026-11-28 16:08:32.415349+00'),
	(8, 'accuracy', 1, 0.9112040816326531, '2026-11-28 16:08:32.415349+00'),
	(8, 'val_loss', 1, 0.06200135788889035, '2026-11-28 16:08:32.415349+00'),
	(8, 'val_accuracy', 1, 0.9836666666666667, '2026-11-28 16:08:32.415349+00'),
	(8, 'loss', 2, 0.054715096784341874, '2026-11-28 16:08:32.965744+00'),
	(8, 'accuracy', 2, 0.9849795918367347, '2026-11-28 16:08:32.965744+00'),
	(8, 'val_loss', 2, 0.054206028414476456, '2026-11-28 16:08:32.965744+00'),
	(8, 'val_accuracy', 2, 0.985, '2026-11-28 16:08:32.965744+00'),
	(9, 'loss', 1, 0.43732765316963196, '2026-11-28 16:08:34.515835+00'),
	(9, 'accuracy', 1, 0.8713469387755102, '2026-11-28 16:08:34.515835+00'),
	(9, 'val_loss', 1, 0.09906721115112305, '2026-11-28 16:08:34.515835+00'),
	(9, 'val_accuracy', 1, 0.975, '2026-11-28 16:08:34.515835+00'),
	(9, 'loss', 2, 0.08834084868431091, '2026-11-28 16:08:35.012699+00'),
	(9, 'accuracy', 2, 0.9782448979591837, '2026-11-28 16:08:35.012699+00'),
	(9, 'val_loss', 2, 0.08321262896060944, '2026-11-28 16:08:35.012699+00'),
	(9, 'val_accuracy', 2, 0.978047619047619, '2026-11-28 16:08:35.012699+00'),
	(10, 'loss', 1, 0.1972966492176056, '2026-11-28 16:08:35.667214+00'),
	(10, 'accuracy', 1, 0.938530612244898, '2026-11-28 16:08:35.667214+00'),
	(10, 'val_loss', 1, 0.05705787241458893, '2026-11-28 16:08:35.667214+00'),
	(10, 'val_accuracy', 1, 0.9834761904761905, '2026-11-28 16:08:35.667214+00');
INSERT INTO public.models VALUES
	(1, 'finished', 2, '2026-11-28 16:08:17.313029+00');
INSERT INTO public.runs VALUES
	(5, 1, 'production', 'production-20261128-160821', NULL, 'complete', 1, '{"l1": 0.0, "l2": 0.0009805076254997404, "epochs": 2, "num_hidden": 12, "learning_rate": 0.005}', NULL, NULL, NULL, NULL, '5', 'vm:20197', NULL, 'models/1/2', '{"trial": "0", "version": "2"}', '2026-11-28 16:08:21.191275+00', '2026-11-28 16:08:24.136825+00', '2026-11-28 16:08:24.172526+00', NULL, NULL),
	(10, 5, 'trial', 'trial-1', 1, 'running', 1, '{"l1": 0.0, "l2": 0.0, "epochs": 12, "num_hidden": 8, "learning_rate": 0.003670498874937389}', NULL, NULL, NULL, 0, '11', 'vm:20197', NULL, NULL, '{}', '2026-11-28 16:08:35.082066+00', '2026-11-28 16:08:35.667214+00', NULL, '{"epochs": 12}', NULL),
	(1, 1, 'trial', 'trial-0', 0, 'complete', 1, '{"l1": 0.0, "l2": 0.0009805076254997404, "epochs": 2, "num_hidden": 12, "learning_rate": 0.005}', 0.989, NULL, NULL, 0, '1', 'vm:20197', 1, NULL, '{"kept": "true"}', '2026-11-28 16:08:06.711117+00', '2026-11-28 16:08:12.673018+00', '2026-11-28 16:08:12.673018+00', '{"num_hidden": 12, "learning_rate": 0.005}', 'A note on a run.'),
	(6, 2, 'trial', 'trial-0', 0, 'failed', 1, '{"learning_rate": 0.01}', NULL, 'epochs: missing. The parameters are learning_rate.', NULL, 0, '6', 'vm:20197', 1, NULL, '{}', '2026-11-28 16:08:25.303379+00', '2026-11-28 16:08:25.309943+00', '2026-11-28 16:08:25.309943+00', NULL, NULL),
	(2, 1, 'trial', 'trial-1', 1, 'complete', 1, '{"l1": 0.0, "l2": 0.0027570478280540558, "epochs": 2, "num_hidden": 9, "learning_rate": 0.005374037910514014}', 0.9876666666666667, NULL, NULL, 0, '2', 'vm:20197', 2, NULL, '{}', '2026-11-28 16:08:12.876517+00', '2026-11-28 16:08:15.151151+00', '2026-11-28 16:08:15.151151+00', NULL, NULL),
	(3, 1, 'trial', 'trial-2', 2, 'complete', 1, '{"l1": 0.0, "l2": 0.0022382860409561546, "epochs": 2, "num_hidden": 12, "learning_rate": 0.0019646143459837893}', 0.984904761904762, NULL, NULL, 0, '3', 'vm:20197', 3, NULL, '{}', '2026-11-28 16:08:15.38575+00', '2026-11-28 16:08:17.007227+00', '2026-11-28 16:08:17.007227+00', NULL, NULL),
	(7, 3, 'trial', 'trial-0', 0, 'complete', 1, '{"l1": 0.0, "l2": 0.0026457090384792536, "epochs": 2, "num_hidden": 8, "learning_rate": 0.005337842601926673}', 0.9864285714285714, NULL, NULL, 0, '7', 'vm:20197', 1, NULL, '{}', '2026-11-28 16:08:26.023411+00', '2026-11-28 16:08:30.342565+00', '2026-11-28 16:08:30.342565+00', NULL, NULL),
	(4, 1, 'production', 'production-20261128-160817', NULL, 'complete', 1, '{"l1": 0.0, "l2": 0.0009805076254997404, "epochs": 2, "num_hidden": 12, "learning_rate": 0.005}', NULL, NULL, NULL, NULL, '4', 'vm:20197', NULL, 'models/1/1', '{"trial": "0", "version": "1"}', '2026-11-28 16:08:17.895328+00', '2026-11-28 16:08:20.747322+00', '2026-11-28 16:08:20.840872+00', NULL, NULL),
	(8, 4, 'trial', 'trial-0', 0, 'complete', 1, '{"l1": 0.0, "l2": 0.003129895725016989, "epochs": 2, "num_hidden": 13, "learning_rate": 0.0015983409525759}', 0.985, NULL, NULL, 0, '9', 'vm:20197', 1, NULL, '{}', '2026-11-28 16:08:30.883359+00', '2026-11-28 16:08:32.984548+00', '2026-11-28 16:08:32.984548+00', NULL, NULL),
	(9, 5, 'trial', 'trial-0', 0, 'complete', 1, '{"l1": 0.0, "l2": 0.0, "epochs": 2, "num_hidden": 8, "learning_rate": 0.0016034655071476295}', 0.978047619047619, NULL, NULL, 0, '10', 'vm:20197', 1, NULL, '{}', '2026-11-28 16:08:33.29599+00', '2026-11-28 16:08:35.013749+00', '2026-11-28 16:08:35.013749+00', '{"epochs": 2}', NULL);
INSERT INTO public.studies VALUES
	(3, 'deleted', 'transfer', 'mnist', '{"kind": "stratified", "seed": 0, "validation": 0.3}', 'val_accuracy', 'maximize', '{"learning_rate":{"type":"float","low":0.001,"high":0.01,"log":true},"l1":{"type":"fixed","value":0.0},"l2":{"type":"float","low":0,"high":0.01},"num_hidden":{"type":"int","low":8,"high":16},"epochs":{"type":"fixed","value":2}}', '{"type": "tpe", "gamma": 0.1, "candidates": 24, "multivariate": true, "startupTrials": 10}', '{"type": "none"}', 3, 1, 1, 1, 1, 'completed', '2026-11-28 16:08:25.599793+00', '2026-11-28 16:08:30.342565+00', 0.9864285714285714, 1, '2026-11-28 16:08:25.603391+00', 0, NULL, NULL, NULL, '2026-11-28 16:08:30.569372+00', NULL, '{}'),
	(4, 'warm', 'transfer', 'mnist', '{"kind": "stratified", "seed": 0, "validation": 0.3}', 'val_accuracy', 'maximize', '{"learning_rate":{"type":"float","low":0.001,"high":0.01,"log":true},"l1":{"type":"fixed","value":0.0},"l2":{"type":"float","low":0,"high":0.01},"num_hidden":{"type":"int","low":8,"high":16},"epochs":{"type":"fixed","value":2}}', '{"type": "random"}', '{"eta": 3, "type": "hyperband", "maxSteps": null, "minSteps": 1}', 5, 1, 1, 1, 1, 'completed', '2026-11-28 16:08:30.635681+00', '2026-11-28 16:08:32.984548+00', 0.985, 1, '2026-11-28 16:08:30.645823+00', 0, NULL, NULL, 'finished', NULL, NULL, '{}'),
	(1, 'finished', 'transfer', 'mnist', '{"kind": "stratified", "seed": 0, "validation": 0.3}', 'val_accuracy', 'maximize', '{"learning_rate":{"type":"float","low":0.001,"high":0.01,"log":true},"l1":{"type":"fixed","value":0.0},"l2":{"type":"float","low":0,"high":0.01},"num_hidden":{"type":"int","low":8,"high":16},"epochs":{"type":"fixed","value":2}}', '{"type": "tpe", "gamma": 0.1, "candidates": 24, "multivariate": true, "startupTrials": 10}', '{"type": "none"}', 1, 1, 3, 3, 3, 'completed', '2026-11-28 16:08:04.209851+00', '2026-11-28 16:08:17.007227+00', 0.989, 3, '2026-11-28 16:08:05.019734+00', 2, NULL, '{"target": 0.999}', NULL, NULL, 'A *first* look: 12 units are enough; Ümläute, '''' and "quotes".', '{"owner": "ana", "stage": "trial run"}'),
	(2, 'failing', 'transfer', 'mnist', '{"kind": "stratified", "seed": 0, "validation": 0.3}', 'val_accuracy', 'maximize', '{"learning_rate":{"type":"fixed","value":0.01}}', '{"type": "tpe", "gamma": 0.1, "candidates": 24, "multivariate": true, "startupTrials": 10}', '{"type": "none"}', 2, 1, 1, 1, 1, 'completed', '2026-11-28 16:08:25.211371+00', '2026-11-28 16:08:25.309943+00', NULL, 1, '2026-11-28 16:08:25.212582+00', 1, NULL, NULL, NULL, NULL, NULL, '{}'),
	(5, 'running', 'transfer', 'mnist', '{"kind": "stratified", "seed": 0, "validation": 0.3}', 'val_accuracy', 'maximize', '{"learning_rate":{"type":"float","low":0.001,"high":0.01,"log":true},"l1":{"type":"fixed","value":0.0},"l2":{"type":"fixed","value":0.0},"num_hidden":{"type":"fixed","value":8},"epochs":{"type":"int","low":1,"high":1000000}}', '{"type": "tpe", "gamma": 0.1, "candidates": 24, "multivariate": true, "startupTrials": 10}', '{"type": "none"}', 4, 1, 3, 2, 1, 'running', '2026-11-28 16:08:33.14772+00', NULL, 0.978047619047619, 2, '2026-11-28 16:08:33.148866+00', 0, NULL, NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.versions VALUES
	(1, 2, 5, 0, 'ready', 'models/1/2', 'f23db7189f3edf6d282e09f0c511ca9c2c43949227e0839617473809ea3b9088', '{"formatVersion":1,"pipeline":"transfer","params":{"l1":0.0,"l2":0.0009805076254997404,"epochs":2,"num_hidden":12,"learning_rate":0.005},"seed":1327217884,"backboneHash":"52d880c15264422eb9541dd1338bca08ed2f9df8d011b382cd7de989dd403272","dataset":"mnist","dataHash":"89895e37ede97a76942a85a621f631972cc1a5f2822337344078e1a733d2f3a1","classes":["0","1","2","3","4","5","6","7","8","9"],"imageSize":28,"metrics":{"loss":0.030330591231441814,"accuracy":0.9911142857142857},"weightsSha256":"f23db7189f3edf6d282e09f0c511ca9c2c43949227e0839617473809ea3b9088","createdAt":"2026-11-28T16:08:24.1362069+00:00"}', 524920, '2026-11-28 16:08:21.111667+00', NULL, '{}'),
	(1, 1, 4, 0, 'ready', 'models/1/1', 'f23db7189f3edf6d282e09f0c511ca9c2c43949227e0839617473809ea3b9088', '{"formatVersion":1,"pipeline":"transfer","params":{"l1":0.0,"l2":0.0009805076254997404,"epochs":2,"num_hidden":12,"learning_rate":0.005},"seed":1327217884,"backboneHash":"52d880c15264422eb9541dd1338bca08ed2f9df8d011b382cd7de989dd403272","dataset":"mnist","dataHash":"89895e37ede97a76942a85a621f631972cc1a5f2822337344078e1a733d2f3a1","classes":["0","1","2","3","4","5","6","7","8","9"],"imageSize":28,"metrics":{"loss":0.030330591231441814,"accuracy":0.9911142857142857},"weightsSha256":"f23db7189f3edf6d282e09f0c511ca9c2c43949227e0839617473809ea3b9088","createdAt":"2026-11-28T16:08:20.7388813+00:00"}', 524920, '2026-11-28 16:08:17.313029+00', 'The one from trial 0.', '{"reviewed": "yes"}');
INSERT INTO public.warm_trials VALUES
	(4, -3, '{"number":-3,"state":"complete","params":{"learning_rate":0.0019646143459837893,"l1":0.0,"l2":0.0022382860409561546,"num_hidden":12,"epochs":2},"value":0.984904761904762,"intermediate":[{"step":1,"value":0.9835714285714285},{"step":2,"value":0.984904761904762}]}'),
	(4, -2, '{"number":-2,"state":"complete","params":{"learning_rate":0.005374037910514014,"l1":0.0,"l2":0.0027570478280540558,"num_hidden":9,"epochs":2},"value":0.9876666666666667,"intermediate":[{"step":1,"value":0.9863809523809524},{"step":2,"value":0.9876666666666667}]}'),
	(4, -1, '{"number":-1,"state":"complete","params":{"learning_rate":0.005,"l1":0.0,"l2":0.0009805076254997404,"num_hidden":12,"epochs":2},"value":0.989,"intermediate":[{"step":1,"value":0.9873809523809524},{"step":2,"value":0.989}]}');
SELECT pg_catalog.setval('hangfire.aggregatedcounter_id_seq', 1, false);
SELECT pg_catalog.setval('hangfire.counter_id_seq', 27, true);
SELECT pg_catalog.setval('hangfire.hash_id_seq', 1, false);
SELECT pg_catalog.setval('hangfire.job_id_seq', 11, true);
SELECT pg_catalog.setval('hangfire.jobparameter_id_seq', 11, true);
SELECT pg_catalog.setval('hangfire.jobqueue_id_seq', 10, true);
SELECT pg_catalog.setval('hangfire.list_id_seq', 1, false);
SELECT pg_catalog.setval('hangfire.set_id_seq', 1, true);
SELECT pg_catalog.setval('hangfire.state_id_seq', 30, true);
SELECT pg_catalog.setval('public.enqueued_sets_id_seq', 4, true);
SELECT pg_catalog.setval('public.models_id_seq', 2, true);
SELECT pg_catalog.setval('public.runs_id_seq', 10, true);
SELECT pg_catalog.setval('public.studies_id_seq', 5, true);
ALTER TABLE ONLY hangfire.aggregatedcounter
    ADD CONSTRAINT aggregatedcounter_key_key UNIQUE (key);
ALTER TABLE ONLY hangfire.aggregatedcounter
    ADD CONSTRAINT aggregatedcounter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.hash
    ADD CONSTRAINT hash_key_field_key UNIQUE (key, field);
ALTER TABLE ONLY hangfire.hash
    ADD CONSTRAINT hash_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.jobparameter
    ADD CONSTRAINT jobparameter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.jobqueue
    ADD CONSTRAINT jobqueue_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.list
    ADD CONSTRAINT list_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.lock
    ADD CONSTRAINT lock_resource_key UNIQUE (resource);
ALTER TABLE ONLY hangfire.lock REPLICA IDENTITY USING INDEX lock_resource_key;
ALTER TABLE ONLY hangfire.schema
    ADD CONSTRAINT schema_pkey PRIMARY KEY (version);
ALTER TABLE ONLY hangfire.server
    ADD CONSTRAINT server_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.set
    ADD CONSTRAINT set_key_value_key UNIQUE (key, value);
ALTER TABLE ONLY hangfire.set
    ADD CONSTRAINT set_pkey PRIMARY KEY (id);
ALTER TABLE ONLY hangfire.state
    ADD CONSTRAINT state_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public."__EFMigrationsHistory"
    ADD CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id);
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT pk_aliases PRIMARY KEY (model_id, alias);
ALTER TABLE ONLY public.enqueued_sets
    ADD CONSTRAINT pk_enqueued_sets PRIMARY KEY (id);
ALTER TABLE ONLY public.metrics
    ADD CONSTRAINT pk_metrics PRIMARY KEY (run_id, key, step);
ALTER TABLE ONLY public.models
    ADD CONSTRAINT pk_models PRIMARY KEY (id);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT pk_runs PRIMARY KEY (id);
ALTER TABLE ONLY public.studies
    ADD CONSTRAINT pk_studies PRIMARY KEY (id);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT pk_versions PRIMARY KEY (model_id, version);
ALTER TABLE ONLY public.warm_trials
    ADD CONSTRAINT pk_warm_trials PRIMARY KEY (study_id, number);
CREATE INDEX ix_hangfire_counter_expireat ON hangfire.counter USING btree (expireat);
CREATE INDEX ix_hangfire_counter_key ON hangfire.counter USING btree (key);
CREATE INDEX ix_hangfire_hash_expireat ON hangfire.hash USING btree (expireat);
CREATE INDEX ix_hangfire_job_expireat ON hangfire.job USING btree (expireat);
CREATE INDEX ix_hangfire_job_statename ON hangfire.job USING btree (statename);
CREATE INDEX ix_hangfire_job_statename_is_not_null ON hangfire.job USING btree (statename) INCLUDE (id) WHERE (statename IS NOT NULL);
CREATE INDEX ix_hangfire_jobparameter_jobidandname ON hangfire.jobparameter USING btree (jobid, name);
CREATE INDEX ix_hangfire_jobqueue_fetchedat_queue_jobid ON hangfire.jobqueue USING btree (fetchedat NULLS FIRST, queue, jobid);
CREATE INDEX ix_hangfire_jobqueue_jobidandqueue ON hangfire.jobqueue USING btree (jobid, queue);
CREATE INDEX ix_hangfire_jobqueue_queueandfetchedat ON hangfire.jobqueue USING btree (queue, fetchedat);
CREATE INDEX ix_hangfire_list_expireat ON hangfire.list USING btree (expireat);
CREATE INDEX ix_hangfire_set_expireat ON hangfire.set USING btree (expireat);
CREATE INDEX ix_hangfire_set_key_score ON hangfire.set USING btree (key, score);
CREATE INDEX ix_hangfire_state_jobid ON hangfire.state USING btree (jobid);
CREATE INDEX ix_enqueued_sets_study_id_id ON public.enqueued_sets USING btree (study_id, id);
CREATE UNIQUE INDEX ix_models_name ON public.models USING btree (name);
CREATE UNIQUE INDEX ix_runs_job_id ON public.runs USING btree (job_id) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX ix_runs_slot ON public.runs USING btree (study_id, slot) WHERE (state = 'running'::text);
CREATE INDEX ix_runs_study_id_finished_order ON public.runs USING btree (study_id, finished_order);
CREATE UNIQUE INDEX ix_runs_study_id_number ON public.runs USING btree (study_id, number);
CREATE UNIQUE INDEX ix_studies_name ON public.studies USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX ix_versions_run_id ON public.versions USING btree (run_id);
ALTER TABLE ONLY hangfire.jobparameter
    ADD CONSTRAINT jobparameter_jobid_fkey FOREIGN KEY (jobid) REFERENCES hangfire.job(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY hangfire.state
    ADD CONSTRAINT state_jobid_fkey FOREIGN KEY (jobid) REFERENCES hangfire.job(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT fk_aliases_models_model_id FOREIGN KEY (model_id) REFERENCES public.models(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.enqueued_sets
    ADD CONSTRAINT fk_enqueued_sets_studies_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.metrics
    ADD CONSTRAINT fk_metrics_runs_run_id FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT fk_runs_studies_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT fk_versions_models_model_id FOREIGN KEY (model_id) REFERENCES public.models(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT fk_versions_runs_run_id FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.warm_trials
    ADD CONSTRAINT fk_warm_trials_studies_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
