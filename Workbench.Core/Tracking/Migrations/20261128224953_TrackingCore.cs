using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class TrackingCore : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_studies_name",
                table: "studies");

            migrationBuilder.DropIndex(
                name: "ix_models_name",
                table: "models");

            migrationBuilder.AlterColumn<string>(
                name: "artifact_prefix",
                table: "versions",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                table: "versions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "logged_model_id",
                table: "versions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "run_link",
                table: "versions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "versions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "source_run",
                table: "versions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "stage",
                table: "versions",
                type: "text",
                nullable: false,
                defaultValue: "None");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "updated_at",
                table: "versions",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.AddColumn<string>(
                name: "user_name",
                table: "versions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "model_id",
                table: "studies",
                type: "bigint",
                nullable: true);

            migrationBuilder.AlterColumn<long>(
                name: "study_id",
                table: "runs",
                type: "bigint",
                nullable: true,
                oldClrType: typeof(long),
                oldType: "bigint");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                table: "runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "user_name",
                table: "runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "uuid",
                table: "runs",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                table: "models",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "note",
                table: "models",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "tags",
                table: "models",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "updated_at",
                table: "models",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.CreateTable(
                name: "experiments",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    artifact_location = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    note = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_experiments", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "latest_metrics",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    timestamp = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_latest_metrics", x => new { x.run_id, x.key });
                    table.ForeignKey(
                        name: "fk_latest_metrics_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_models",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "gen_random_uuid()"),
                    experiment_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    source_run_id = table.Column<long>(type: "bigint", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    state_reason = table.Column<string>(type: "text", nullable: true),
                    model_type = table.Column<string>(type: "text", nullable: true),
                    @params = table.Column<string>(name: "params", type: "jsonb", nullable: false),
                    tags = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_logged_models", x => x.id);
                    table.ForeignKey(
                        name: "fk_logged_models_experiments_experiment_id",
                        column: x => x.experiment_id,
                        principalTable: "experiments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_logged_models_runs_source_run_id",
                        column: x => x.source_run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "tracked_datasets",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    experiment_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    digest = table.Column<string>(type: "text", nullable: false),
                    source_type = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    schema = table.Column<string>(type: "text", nullable: true),
                    profile = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tracked_datasets", x => x.id);
                    table.ForeignKey(
                        name: "fk_tracked_datasets_experiments_experiment_id",
                        column: x => x.experiment_id,
                        principalTable: "experiments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "logged_model_metrics",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    timestamp = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    model_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_name = table.Column<string>(type: "text", nullable: false),
                    dataset_digest = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_logged_model_metrics", x => new { x.model_id, x.run_id, x.key, x.step, x.timestamp, x.value });
                    table.ForeignKey(
                        name: "fk_logged_model_metrics_logged_models_model_id",
                        column: x => x.model_id,
                        principalTable: "logged_models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_logged_model_metrics_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "run_models",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    model_id = table.Column<Guid>(type: "uuid", nullable: false),
                    is_output = table.Column<bool>(type: "boolean", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_models", x => new { x.run_id, x.model_id, x.is_output });
                    table.ForeignKey(
                        name: "fk_run_models_logged_models_model_id",
                        column: x => x.model_id,
                        principalTable: "logged_models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_run_models_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "run_inputs",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    dataset_id = table.Column<long>(type: "bigint", nullable: false),
                    tags = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_inputs", x => new { x.run_id, x.dataset_id });
                    table.ForeignKey(
                        name: "fk_run_inputs_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_run_inputs_tracked_datasets_dataset_id",
                        column: x => x.dataset_id,
                        principalTable: "tracked_datasets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            MoveStudies(migrationBuilder);
            KeepMetrics(migrationBuilder);

            migrationBuilder.CreateIndex(
                name: "ix_studies_model_id",
                table: "studies",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "ix_runs_deleted_at",
                table: "runs",
                column: "deleted_at",
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_runs_experiment_id_started_at_uuid",
                table: "runs",
                columns: new[] { "experiment_id", "started_at", "uuid" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "ix_runs_uuid",
                table: "runs",
                column: "uuid",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_models_name",
                table: "models",
                column: "name",
                unique: true,
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_experiments_deleted_at",
                table: "experiments",
                column: "deleted_at",
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_experiments_name",
                table: "experiments",
                column: "name",
                unique: true,
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_logged_model_metrics_run_id",
                table: "logged_model_metrics",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_logged_models_experiment_id_created_at_id",
                table: "logged_models",
                columns: new[] { "experiment_id", "created_at", "id" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "ix_logged_models_source_run_id",
                table: "logged_models",
                column: "source_run_id");

            migrationBuilder.CreateIndex(
                name: "ix_run_inputs_dataset_id",
                table: "run_inputs",
                column: "dataset_id");

            migrationBuilder.CreateIndex(
                name: "ix_run_models_model_id",
                table: "run_models",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "ix_tracked_datasets_experiment_id_name_digest",
                table: "tracked_datasets",
                columns: new[] { "experiment_id", "name", "digest" },
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_runs_experiments_experiment_id",
                table: "runs",
                column: "experiment_id",
                principalTable: "experiments",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_studies_experiments_id",
                table: "studies",
                column: "id",
                principalTable: "experiments",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_studies_models_model_id",
                table: "studies",
                column: "model_id",
                principalTable: "models",
                principalColumn: "id",
                onDelete: ReferentialAction.SetNull);
        }

        // A study's name, note and tags move into the row of its experiment, which has the same key. Keys go on from where those of studies
        // were: none is given twice.
        private static void MoveStudies(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            INSERT INTO experiments (id, name, created_at, updated_at, deleted_at, note, tags)
            SELECT id, name, created_at, created_at, deleted_at, note, tags FROM studies;
            SELECT setval(pg_get_serial_sequence('experiments', 'id'), greatest((SELECT max(id) FROM experiments), last_value), true)
            FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = 'studies_id_seq' AND greatest((SELECT max(id) FROM experiments), last_value) > 0;
            INSERT INTO experiments (id, name)
            SELECT 0, CASE WHEN EXISTS (SELECT FROM experiments WHERE name = 'Default') THEN 'Default of MLflow' ELSE 'Default' END;
            ALTER TABLE studies DROP COLUMN name, DROP COLUMN created_at, DROP COLUMN deleted_at, DROP COLUMN note, DROP COLUMN tags,
                ALTER COLUMN id DROP IDENTITY;
            ALTER TABLE studies RENAME CONSTRAINT pk_studies TO "PK_studies";
            UPDATE studies SET model_id = v.model_id FROM versions v JOIN runs r ON r.id = v.run_id WHERE r.study_id = studies.id;
            ALTER TABLE runs ADD COLUMN experiment_id bigint;
            UPDATE runs SET experiment_id = study_id;
            ALTER TABLE runs ALTER COLUMN experiment_id SET NOT NULL;
            UPDATE models SET updated_at = coalesce((SELECT max(v.created_at) FROM versions v WHERE v.model_id = models.id), created_at);
            UPDATE versions SET updated_at = created_at;
            CREATE INDEX ix_runs_parent ON runs ((tags ->> 'mlflow.parentRunId')) WHERE tags ? 'mlflow.parentRunId';
            """);

        // The table is written anew once, not once for each column.
        private static void KeepMetrics(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            ALTER TABLE metrics DROP CONSTRAINT pk_metrics;
            ALTER TABLE metrics ALTER COLUMN step TYPE bigint,
                ALTER COLUMN recorded_at TYPE bigint USING (extract(epoch FROM recorded_at) * 1000)::bigint;
            ALTER TABLE metrics RENAME COLUMN recorded_at TO timestamp;
            ALTER TABLE metrics ADD CONSTRAINT pk_metrics PRIMARY KEY (run_id, key, step, timestamp, value);
            INSERT INTO latest_metrics (run_id, key, step, timestamp, value)
            SELECT DISTINCT ON (run_id, key) run_id, key, step, timestamp, value FROM metrics ORDER BY run_id, key, step DESC;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new System.NotSupportedException("There is no way back but the restoration of a backup.");
    }
}
