using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class Mirrors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "uuid",
                table: "models",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.AddColumn<Guid>(
                name: "uuid",
                table: "experiments",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.CreateTable(
                name: "mirrors",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    address = table.Column<string>(type: "text", nullable: false),
                    is_itself = table.Column<bool>(type: "boolean", nullable: false),
                    trouble = table.Column<string>(type: "text", nullable: true),
                    trouble_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirrors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "mirrored_experiments",
                columns: table => new
                {
                    experiment_id = table.Column<long>(type: "bigint", nullable: false),
                    mirror_id = table.Column<long>(type: "bigint", nullable: false),
                    remote_id = table.Column<string>(type: "text", nullable: true),
                    is_adopted = table.Column<bool>(type: "boolean", nullable: false),
                    name = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirrored_experiments", x => new { x.experiment_id, x.mirror_id });
                    table.ForeignKey(
                        name: "fk_mirrored_experiments_experiments_experiment_id",
                        column: x => x.experiment_id,
                        principalTable: "experiments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_mirrored_experiments_mirrors_mirror_id",
                        column: x => x.mirror_id,
                        principalTable: "mirrors",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "mirrored_models",
                columns: table => new
                {
                    model_id = table.Column<long>(type: "bigint", nullable: false),
                    mirror_id = table.Column<long>(type: "bigint", nullable: false),
                    remote_name = table.Column<string>(type: "text", nullable: true),
                    aliases = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirrored_models", x => new { x.model_id, x.mirror_id });
                    table.ForeignKey(
                        name: "fk_mirrored_models_mirrors_mirror_id",
                        column: x => x.mirror_id,
                        principalTable: "mirrors",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_mirrored_models_models_model_id",
                        column: x => x.model_id,
                        principalTable: "models",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "mirrored_runs",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    mirror_id = table.Column<long>(type: "bigint", nullable: false),
                    experiment_id = table.Column<long>(type: "bigint", nullable: false),
                    remote_id = table.Column<string>(type: "text", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    has_params = table.Column<bool>(type: "boolean", nullable: false),
                    steps = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    values = table.Column<long>(type: "bigint", nullable: false),
                    tags = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    status = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirrored_runs", x => new { x.run_id, x.mirror_id });
                    table.ForeignKey(
                        name: "fk_mirrored_runs_mirrored_experiments_experiment_id_mirror_id",
                        columns: x => new { x.experiment_id, x.mirror_id },
                        principalTable: "mirrored_experiments",
                        principalColumns: new[] { "experiment_id", "mirror_id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_mirrored_runs_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "mirrored_versions",
                columns: table => new
                {
                    model_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    mirror_id = table.Column<long>(type: "bigint", nullable: false),
                    remote_version = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirrored_versions", x => new { x.model_id, x.version, x.mirror_id });
                    table.ForeignKey(
                        name: "fk_mirrored_versions_mirrored_models_model_id_mirror_id",
                        columns: x => new { x.model_id, x.mirror_id },
                        principalTable: "mirrored_models",
                        principalColumns: new[] { "model_id", "mirror_id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_mirrored_versions_versions_model_id_version",
                        columns: x => new { x.model_id, x.version },
                        principalTable: "versions",
                        principalColumns: new[] { "model_id", "version" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mirrored_experiments_mirror_id",
                table: "mirrored_experiments",
                column: "mirror_id");

            migrationBuilder.CreateIndex(
                name: "ix_mirrored_models_mirror_id",
                table: "mirrored_models",
                column: "mirror_id");

            migrationBuilder.CreateIndex(
                name: "ix_mirrored_runs_experiment_id_mirror_id",
                table: "mirrored_runs",
                columns: new[] { "experiment_id", "mirror_id" });

            migrationBuilder.CreateIndex(
                name: "ix_mirrored_versions_model_id_mirror_id",
                table: "mirrored_versions",
                columns: new[] { "model_id", "mirror_id" });

            migrationBuilder.CreateIndex(
                name: "ix_mirrors_address",
                table: "mirrors",
                column: "address",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mirrored_runs");

            migrationBuilder.DropTable(
                name: "mirrored_versions");

            migrationBuilder.DropTable(
                name: "mirrored_experiments");

            migrationBuilder.DropTable(
                name: "mirrored_models");

            migrationBuilder.DropTable(
                name: "mirrors");

            migrationBuilder.DropColumn(
                name: "uuid",
                table: "models");

            migrationBuilder.DropColumn(
                name: "uuid",
                table: "experiments");
        }
    }
}
