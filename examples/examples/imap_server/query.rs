//! SEARCH, SORT and THREAD, and what they answer: in numbers or UIDs, as lists or as ESEARCH.

use std::sync::Arc;

use imap_proto::esearch::{EsearchData, SearchCorrelator, SearchReturnData, SearchReturnOption};
use imap_proto::ext::sort::Sort;
use imap_proto::ext::thread::{ThreadAlgorithm, ThreadCommand, Threads};
use imap_proto::response::{Data, Response};
use imap_proto::search::{Search, SearchData, SearchKeys};
use imap_proto::sequence::{Ranges, UidSet};
use imap_proto::{AString, List, SpacedOrEmpty, Tag};

use crate::answer::{Answer, Stop, bad, ok};
use crate::search::{Candidate, Found, Query, saved_of};
use crate::session::Session;
use crate::sort::{self, Sorted};
use crate::store::no_mailbox;
use crate::thread;

type Returns<'a> = Option<List<'a, SearchReturnOption<'a>, SpacedOrEmpty>>;

impl Session {
    pub async fn search(&mut self, tag: &Tag<'_>, search: &Search<'_>, is_uid: bool) -> Answer {
        let saves = saves(&search.return_options);
        let found = match self.find(search.charset.as_ref(), &search.keys) {
            Ok(found) => found,
            Err(stop) => {
                // RFC 5182 section 2.1: then nothing is saved.
                if saves {
                    self.view()?.saved = Ranges::new();
                }
                return Err(stop);
            }
        };
        self.tell(tag, &search.return_options, is_uid, &found, Listing::Search).await
    }

    pub async fn sort(&mut self, tag: &Tag<'_>, sort: &Sort<'_>, is_uid: bool) -> Answer {
        if !sort::is_known(&sort.criteria) {
            return Err(bad("that cannot be sorted by"));
        }
        let Found { candidates, has_mod_seq } = self.find(Some(&sort.charset), &sort.keys)?;
        let sorted = alone(|| {
            let mut sorted: Vec<_> = candidates.into_iter().map(Sorted::new).collect();
            sort::sort(&mut sorted, &sort.criteria);
            sorted
        });
        let candidates = sorted.into_iter().map(|sorted| sorted.candidate).collect();
        let found = Found { candidates, has_mod_seq };
        self.tell(tag, &sort.return_options, is_uid, &found, Listing::Sort).await
    }

    pub async fn thread(&mut self, thread: &ThreadCommand<'_>, is_uid: bool) -> Answer {
        let Found { candidates, .. } = self.find(Some(&thread.charset), &thread.keys)?;
        let id = |message: &Sorted| if is_uid { message.candidate.uid } else { message.candidate.number };
        let by: fn(&[Sorted], _) -> _ = match thread.algorithm {
            ThreadAlgorithm::OrderedSubject => thread::ordered_subject,
            ThreadAlgorithm::References => thread::references,
            _ => return Err(bad("the algorithm is not known here")),
        };
        let events = alone(|| by(&candidates.into_iter().map(Sorted::new).collect::<Vec<_>>(), id));
        self.send(Response::Data(Data::Thread(Threads::from_events(events)?))).await?;
        Ok(ok("that is all"))
    }

    /// The messages that match.
    fn find(&mut self, charset: Option<&AString<'_>>, keys: &SearchKeys<'_>) -> Result<Found, Stop> {
        let service = Arc::clone(&self.service);
        let view = self.view()?;
        let query = Query::new(charset, keys, view)?;
        let mut candidates = Vec::new();
        {
            let store = service.store.lock();
            let mailbox = store.get(view.id).ok_or_else(no_mailbox)?;
            for (number, uid) in (1u32..).zip(&view.uids) {
                let Some(entry) = mailbox.get(*uid) else { continue };
                let (mod_seq, flags) = (entry.mod_seq, entry.flags.clone());
                candidates.push(Candidate {
                    number,
                    uid: *uid,
                    mod_seq,
                    flags,
                    message: Arc::clone(&entry.message),
                });
            }
        }
        alone(|| candidates.retain(|candidate| query.matches(candidate)));
        Ok(Found { candidates, has_mod_seq: query.has_mod_seq() })
    }

    /// Tells what was found.
    async fn tell(
        &mut self,
        tag: &Tag<'_>,
        returns: &Returns<'_>,
        is_uid: bool,
        found: &Found,
        listing: Listing,
    ) -> Answer {
        let ids: Vec<u32> =
            found.candidates.iter().map(|of| if is_uid { of.uid } else { of.number }).collect();
        let wanted: Vec<_> = match returns {
            Some(options)
                if options.iter().all(|option| option == SearchReturnOption::Save) && !options.is_empty() =>
            {
                vec![SearchReturnOption::Save]
            }
            Some(options) if !options.is_empty() => options.iter().collect(),
            // RFC 4731 section 3.1; under IMAP4rev2 there is nothing but ESEARCH.
            Some(_) => vec![SearchReturnOption::All],
            None if listing == Listing::Search && self.machine.enabled().rev2 => {
                vec![SearchReturnOption::All]
            }
            None => {
                let mut data = SearchData::new(ids.into_iter().collect());
                data.mod_seq = found.mod_seq(None);
                let data = match listing {
                    Listing::Search => Data::Search(data),
                    Listing::Sort => Data::Sort(data),
                };
                self.send(Response::Data(data)).await?;
                return Ok(ok("that is all"));
            }
        };
        let (mut items, mut saved) = (Vec::new(), None);
        let (min, max) = (ids.iter().min().copied(), ids.iter().max().copied());
        for option in &wanted {
            match option {
                SearchReturnOption::Min => items.extend(min.map(SearchReturnData::Min)),
                SearchReturnOption::Max => items.extend(max.map(SearchReturnData::Max)),
                SearchReturnOption::All if ids.is_empty() => {}
                SearchReturnOption::All => {
                    items.push(SearchReturnData::All(UidSet::from_ids(ids.iter().copied())?))
                }
                SearchReturnOption::Count => {
                    items.push(SearchReturnData::Count(u32::try_from(ids.len()).unwrap_or(u32::MAX)));
                }
                SearchReturnOption::Save => saved = Some(saved_of(&wanted, found)),
                _ => return Err(bad("that cannot be returned here")),
            }
        }
        items.extend(found.mod_seq(Some(&wanted)).map(SearchReturnData::ModSeq));
        if let Some(saved) = saved {
            self.view()?.saved = saved;
        }
        if wanted != [SearchReturnOption::Save] {
            let correlator = Some(SearchCorrelator::new(tag.clone().into_owned()));
            let data = EsearchData { correlator, uid: is_uid, items: items.into_iter().collect() };
            self.send(Response::Data(Data::Esearch(data))).await?;
        }
        Ok(ok("that is all"))
    }
}

/// Which data hold the ids where ESEARCH was not asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Search,
    Sort,
}

/// Does what may take long: the other clients are served meanwhile, by another thread.
fn alone<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

fn saves(returns: &Returns<'_>) -> bool {
    returns.iter().flat_map(|options| options.iter()).any(|option| option == SearchReturnOption::Save)
}
