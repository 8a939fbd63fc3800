using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class Commands : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "command",
                table: "studies",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "run_outputs",
                columns: table => new
                {
                    run_id = table.Column<long>(type: "bigint", nullable: false),
                    tail = table.Column<string>(type: "text", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_outputs", x => x.run_id);
                    table.ForeignKey(
                        name: "fk_run_outputs_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "runs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "run_outputs");

            migrationBuilder.DropColumn(
                name: "command",
                table: "studies");
        }
    }
}
