using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class SteeredSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "best_value",
                table: "studies",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "next_number",
                table: "studies",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "running_since",
                table: "studies",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.AddColumn<int>(
                name: "since_best",
                table: "studies",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "stop_reason",
                table: "studies",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "stopping",
                table: "studies",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "warm_start",
                table: "studies",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "given",
                table: "runs",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "enqueued_sets",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    study_id = table.Column<long>(type: "bigint", nullable: false),
                    @params = table.Column<string>(name: "params", type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_enqueued_sets", x => x.id);
                    table.ForeignKey(
                        name: "fk_enqueued_sets_studies_study_id",
                        column: x => x.study_id,
                        principalTable: "studies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "warm_trials",
                columns: table => new
                {
                    study_id = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    trial = table.Column<string>(type: "json", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_warm_trials", x => new { x.study_id, x.number });
                    table.ForeignKey(
                        name: "fk_warm_trials_studies_study_id",
                        column: x => x.study_id,
                        principalTable: "studies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_enqueued_sets_study_id_id",
                table: "enqueued_sets",
                columns: new[] { "study_id", "id" });

            migrationBuilder.Sql(
                """
                UPDATE studies s SET next_number = trials_claimed, running_since = created_at, best_value = (
                    SELECT CASE s.direction WHEN 'minimize' THEN min(r.value) ELSE max(r.value) END FROM runs r
                    WHERE r.study_id = s.id AND r.kind = 'trial' AND r.state = 'complete' AND r.value <> 'NaN')
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "enqueued_sets");

            migrationBuilder.DropTable(
                name: "warm_trials");

            migrationBuilder.DropColumn(
                name: "best_value",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "next_number",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "running_since",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "since_best",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "stop_reason",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "stopping",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "warm_start",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "given",
                table: "runs");
        }
    }
}
