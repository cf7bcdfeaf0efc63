//! Four years of a group of every role.

use bellrope_client::Role;

use crate::group::World;

#[test]
fn four_years_of_a_group_in_which_nothing_ends_by_itself() {
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let olga = world.reader(&nina, "Olga", Role::Observer);
    let alena = world.defender(&nina, "Alena");
    let mut readers = vec![nina.clone(), anna.clone(), olga];
    for year in 1..=4 {
        // An invitation that is out while the mailbox is renewed, in the last days of its term.
        for _ in 0..25 {
            world.pass(12);
            assert_eq!(world.look(&nina).failed, Vec::<String>::new());
        }
        let late = world.invite(&nina, &format!("Late {year}"), Role::Defender);
        world.renew(&nina, 366);
        assert_eq!(world.look(&nina).failed, Vec::<String>::new());
        // Anna was away for the whole year, Alena too.
        let name = format!("Boris {year}");
        readers.push(world.reader(&nina, &name, Role::Member));
        world.pass(6);
        let late = world.join(&format!("Late {year}"), &late);
        for _ in 0..5 {
            world.pass(10);
            assert_eq!(world.look(&nina).failed, Vec::<String>::new());
        }
        for who in [&alena, &anna, &late] {
            assert_eq!(world.look(who).failed, Vec::<String>::new());
        }
        let said = [
            (&alena, format!("Alena in year {year}")),
            (&anna, format!("Anna in year {year}")),
            (&late, format!("Late in year {year}")),
        ];
        for (who, summary) in &said {
            world.alert(who, summary);
        }
        for reader in &readers {
            world.look(reader);
            for (_, summary) in &said {
                assert!(reader.has_verified(summary), "{summary}");
            }
        }
    }
}
